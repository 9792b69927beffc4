# SPDX-License-Identifier: Apache-2.0
"""Scenarios that say themselves what single cells of their tables must hold.

    cells.py SCENARIO...

A line of a scenario that begins with `#=` is an expectation:

    #= TABLE;WHERE;COLUMN;VALUE     WHERE: COLUMN=TEXT joined by "&"; ENDTS is compared by its beginning
    #= TABLE;WHERE;#rows;N          how many rows there are
    #= -;-;code;N                   the return code
    #= -;-;message MRD0123W;N       how often a message was given

VALUE: a number (to 0.1 %), a text, nothing (blank), alternatives joined by "|", "!X": anything but X.
"""
import csv
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("BUILD", os.path.join(HERE, "..", "build"))


def same(cell, value):
    if value.startswith("!"):
        return not same(cell, value[1:])
    if "|" in value:
        return any(same(cell, one) for one in value.split("|"))
    try:
        have, want = float(cell), float(value)
        return abs(have - want) <= max(abs(want) * 1e-3, 2e-6)
    except ValueError:
        return cell == value


class Tables:
    """What one run gave."""

    def __init__(self, out, inputs, options=()):
        done = subprocess.run([os.environ.get("MONREDUCE", os.path.join(BUILD, "monreduce")), "reduce", "-q", "-o", out,
                               *options, *inputs], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              check=False)
        self.out, self.code, self.told = out, done.returncode, done.stderr
        self.known = {}

    def rows(self, table):
        if table not in self.known:
            path = os.path.join(self.out, table + ".csv")
            self.known[table] = []
            if os.path.exists(path):
                with open(path, newline="", encoding="utf-8") as f:
                    self.known[table] = list(csv.DictReader(f, strict=True))
        return self.known[table]

    def chosen(self, table, where):
        tests = [one.split("=", 1) for one in where.split("&") if one]
        return [row for row in self.rows(table)
                if all((row.get(c) or "").startswith(v) if c == "ENDTS" else row.get(c) == v for c, v in tests)]

    def message(self, number):
        with open(os.path.join(self.out, "manifest.json"), encoding="utf-8") as f:
            return sum(one["count"] for one in json.load(f)["messages"] if one["id"] == number)

    def expect(self, line):
        """What is wrong with this expectation; None: nothing."""
        table, where, column, value = line.split(";")
        if column == "code":
            return None if same(str(self.code), value) else "return code %d, not %s" % (self.code, value)
        if column.startswith("message "):
            count = self.message(column[8:])
            return None if same(str(count), value) else "%s: %d times, not %s" % (column, count, value)
        rows = self.chosen(table, where)
        what = "%s %s" % (table, where)
        if column == "#rows":
            return None if same(str(len(rows)), value) else "%s: %d rows, not %s" % (what, len(rows), value)
        if len(rows) != 1:
            return "%s: %d rows, one expected (%s: %s)" % (what, len(rows), column, value)
        if column not in rows[0]:
            return "%s: no column %s" % (what, column)
        return None if same(rows[0][column], value) else "%s %s: '%s', not '%s'" % (what, column, rows[0][column],
                                                                                    value)


def main():
    wrong = total = 0
    for path in sys.argv[1:]:
        name = os.path.basename(path)[:-4]
        subprocess.run([os.path.join(BUILD, "monsample"), path, name + ".mon"], check=True)
        tables = Tables("out." + name, [name + ".mon"])
        with open(path, encoding="ascii") as f:
            lines = [line[2:].strip() for line in f if line.startswith("#=")]
        for line in lines:
            fault = tables.expect(line)
            total += 1
            if fault:
                wrong += 1
                print("%s: %s" % (name, fault))
        if not lines:
            print("%s: expects nothing" % name)
            wrong += 1
    print("all cells right" if not wrong else "%d of %d cells wrong" % (wrong, total))
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
