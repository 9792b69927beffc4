#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare the tables that one reduction made as CSV with those that it made in another format, cell by cell.  Tables may
be compressed, and in parts where both are; csv compared with csv has the same rows in any order.

    same.py CSVDIR FORMAT DIR       prints one line, or what differs and ends with 1

Each format has a reader here that is independent of the program: a generator of (table, columns, rows), where a cell is
None, int, float, Decimal or str.
"""
import csv
import glob
import gzip
import json
import os
import sqlite3
import sys
from decimal import Decimal

csv.field_size_limit(1 << 30)


def tables_of(folder, suffix):
    """Names without suffix; of parts with that of their folder."""
    names = [os.path.relpath(p, folder) for p in glob.glob(folder + "/*" + suffix + "*") +
             glob.glob(folder + "/*/*" + suffix + "*") if os.path.basename(p) != "dictionary.csv"]
    return sorted(n[:n.rindex(suffix)] for n in names)


def open_text(path):
    if os.path.exists(path + ".gz"):
        return gzip.open(path + ".gz", "rt", newline="", encoding="utf-8")
    return open(path, newline="", encoding="utf-8")


def read_csv(folder, table):
    with open_text(os.path.join(folder, table + ".csv")) as f:
        rows = csv.reader(f)
        yield next(rows)
        yield from rows


def read_ndjson(folder):
    for table in tables_of(folder, ".ndjson"):
        with open_text(os.path.join(folder, table + ".ndjson")) as f:
            rows = [json.loads(line, parse_float=Decimal) for line in f]
        yield table, list(rows[0]), [list(r.values()) for r in rows]


def read_sqlite(folder):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(folder, "monreduce.db"), uri=True)
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name").fetchall():
        rows = db.execute('SELECT * FROM "%s" ORDER BY rowid' % table)
        yield table, [d[0] for d in rows.description], rows.fetchall()
    db.close()


def read_parquet(folder):
    from parquet import read

    for table in tables_of(folder, ".parquet"):
        columns, rows = read(os.path.join(folder, table + ".parquet"))
        yield table, columns, rows


def read_xpt(folder):
    from xpt import read

    for table in tables_of(folder, ".xpt"):
        columns, rows = read(os.path.join(folder, table + ".xpt"))
        yield table, columns, rows


READERS = {"ndjson": read_ndjson, "sqlite": read_sqlite, "parquet": read_parquet, "xpt": read_xpt}


def equal(text, value, loose, cut):
    """Is the typed value what CSV shows?  CSV cannot tell an empty text from a missing cell.  cut: the longest text."""
    if value is None:
        return text == ""
    if isinstance(value, str):
        return text == value or (cut > 0 and len(value.encode()) == cut and text.startswith(value))
    if text == "":
        return False
    if isinstance(value, int):
        return text == str(value) or (loose and "." in text and float(text) == value)
    if isinstance(value, Decimal):
        return Decimal(text) == value
    # CSV shows six decimals of a derived number, or 17 digits.
    return abs(float(text) - value) <= max(5.01e-7, 1e-15 * abs(value))


def parts(folder):
    """Header and all rows of each table, whatever file they are in, in an order of their own."""
    tables = {}
    for name in tables_of(folder, ".csv"):
        header, *rows = read_csv(folder, name)
        known = tables.setdefault(name.split("/")[0], (header, []))
        assert known[0] == header, name
        known[1].extend(rows)
    return {table: (header, sorted(rows)) for table, (header, rows) in tables.items()}


def main():
    source, name, folder = sys.argv[1:4]
    if name == "csv":
        same = parts(source) == parts(folder) and len(parts(source)) > 0
        print("csv: the same" if same else "csv: other rows")
        sys.exit(not same)
    loose = name in ("sqlite", "xpt")
    cut = 200 if name == "xpt" else 0
    wanted = set(tables_of(source, ".csv"))
    cells = bad = 0
    for table, columns, rows in READERS[name](folder):
        wanted.discard(table)
        plain = read_csv(source, table)
        header = next(plain)
        if name != "xpt" and header != columns:
            print(table, "columns differ:", set(header) ^ set(columns))
            bad += 1
        plain = list(plain)
        if len(plain) != len(rows) or len(header) != len(columns):
            print("%s: %d rows, CSV has %d" % (table, len(rows), len(plain)))
            bad += 1
        for number, (a, b) in enumerate(zip(plain, rows)):
            for column, x, y in zip(header, a, b):
                cells += 1
                if not equal(x, y, loose, cut):
                    bad += 1
                    if bad < 20:
                        print("%s row %d %s: %r, CSV has %r" % (table, number + 1, column, y, x))
    for table in wanted:
        print(table, "is missing")
        bad += 1
    if bad or not cells:
        print("%s: %d differences in %d cells" % (name, bad, cells))
        sys.exit(1)
    print("%s: the same" % name)


main()
