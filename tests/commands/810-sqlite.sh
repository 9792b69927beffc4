# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# load-sqlite.sql makes tables with the rows and the values of the CSV files, with NULL where a cell is empty; also of
# files that are packed or in parts.
command -v sqlite3 >/dev/null 2>&1 || skip "no sqlite3 command"
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon
cat >compare.py <<'PYTHON'
import csv
import glob
import gzip
import sqlite3


def rows(name):
    paths = glob.glob(name + ".csv*") + sorted(glob.glob("%s/%s_*.csv*" % (name, name)))
    for path in paths:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", newline="", encoding="utf-8") as f:
            yield from list(csv.reader(f, strict=True))[1:]


db = sqlite3.connect("../monitor.db")
with open("dictionary.csv", newline="", encoding="utf-8") as f:
    columns = list(csv.DictReader(f))
names = {c["table"] for c in columns}
if names != {n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}:
    print("other tables")
cells = 0
for name in names:
    want = list(rows(name))
    have = db.execute('SELECT * FROM "%s" ORDER BY rowid' % name).fetchall()
    types = [c["type"] for c in columns if c["table"] == name]
    if len(have) != len(want):
        print(name, len(have), "rows, not", len(want))
    for x, y in zip(have, want):
        for value, text, kind in zip(x, y, types, strict=True):
            number = kind in ("unsigned", "integer", "seconds", "real")
            right = None if text == "" else float(text) if number else text
            if right != (float(value) if number and value is not None else value):
                print(name, repr(value), repr(text), kind)
            cells += 1
print("all tables and cells" if cells > 10000 else cells)
PYTHON
load()
{
    echo "loaded: $*"
    "$MONREDUCE" reduce -q --dictionary -o out "$@" day.mon
    (cd out && sqlite3 ../monitor.db <load-sqlite.sql && python3 ../compare.py)
    rm -rf out monitor.db
}
load
load --gzip --values both
load --split interval
load --split hour --gzip --time both --crlf
