# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# load-sqlite.sql makes tables with the rows and the sums of the CSV files, with NULL where a cell is empty.
command -v sqlite3 >/dev/null 2>&1 || skip "no sqlite3 command"
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon
"$MONREDUCE" reduce -q --dictionary -o out day.mon
cd out || exit 1
sqlite3 ../monitor.db <load-sqlite.sql || echo "the script fails"
sqlite3 -csv ../monitor.db "SELECT name FROM sqlite_master WHERE type = 'table'" | tr -d '\r' | sort >../have
ls V*.csv | sed 's/\.csv$//' | sort | diff - ../have && echo "all tables"
python3 - <<'PYTHON'
import csv
import sqlite3

db = sqlite3.connect("../monitor.db")
with open("dictionary.csv", newline="", encoding="utf-8") as f:
    columns = list(csv.DictReader(f))
cells = 0
for name in {c["table"] for c in columns}:
    with open(name + ".csv", newline="", encoding="utf-8") as f:
        want = list(csv.reader(f, strict=True))[1:]
    have = db.execute('SELECT * FROM "%s" ORDER BY rowid' % name).fetchall()
    types = [c["type"] for c in columns if c["table"] == name]
    if len(have) != len(want):
        print(name, len(have), "rows, not", len(want))
    for x, y in zip(have, want):
        for value, text, kind in zip(x, y, types):
            number = kind in ("unsigned", "integer", "seconds", "real")
            right = None if text == "" else float(text) if number else text
            if right != (float(value) if number and value is not None else value):
                print(name, repr(value), repr(text), kind)
            cells += 1
print("all cells" if cells > 10000 else cells)
PYTHON
