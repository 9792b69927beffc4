# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# dictionary.csv and describe have exactly the columns of the tables, in their order, and say the same of them.
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon
"$MONREDUCE" reduce -q -o out day.mon
python3 - <<'PYTHON'
import csv
import glob
import os
import subprocess

with open("out/dictionary.csv", newline="", encoding="utf-8") as f:
    rows = list(csv.DictReader(f, strict=True))
tables = {}
for row in rows:
    tables.setdefault(row["table"], []).append(row)
written = sorted(n for n in (os.path.basename(p)[:-4] for p in glob.glob("out/*.csv")) if n != "dictionary")
if sorted(tables) != written:
    print("tables differ", sorted(tables), written)
classes = {"common", "retained", "accumulated", "minimum", "maximum", "derived"}
types = {"unsigned", "integer", "seconds", "time", "real", "text", "hex", "digits"}
for name, columns in tables.items():
    with open("out/%s.csv" % name, newline="", encoding="utf-8") as f:
        header = next(csv.reader(f))
    if header != [c["column"] for c in columns]:
        print(name, "has other columns than the dictionary")
    text = subprocess.run([os.environ["MONREDUCE"], "describe", name], capture_output=True, text=True).stdout
    lines = text.split("\n\n", 2)[2].splitlines()[1:]
    for line, c in zip(lines, columns, strict=True):
        words = line.split()
        if words[:2] != [c["column"], c["type"]] or c["class"] not in words or not line.endswith(c["label"]):
            print("describe says", line, "the dictionary", c)
    for c in columns:
        where = name + "." + c["column"]
        if not c["label"] or c["class"] not in classes or c["type"] not in types:
            print(where, c)
        if (c["class"] == "derived") != (c["semantic"] == "derived") and " of " not in c["formula"]:
            print(where, "derived or not", c)
        if c["class"] == "derived" and not c["formula"]:
            print(where, "has no formula")
print(len(tables) > 30, len(rows) > 1000)
PYTHON
# Only these tables, and only that file; the manifest stays the last word.
"$MONREDUCE" reduce -q -t VMXSP002 -o few day.mon
ls few
cut -d , -f 1 few/dictionary.csv | sort -u
# The same input gives the same dictionary.
"$MONREDUCE" reduce -q --dictionary -o again day.mon
cmp out/dictionary.csv again/dictionary.csv && echo same
ls again | grep -v '^VM'
# Nobody's table: no rows, no lines.
python3 -c 'from scenes import small; small().write("small.mon")'
"$MONREDUCE" reduce -q -t VMXXDS00 -o none small.mon
cat none/dictionary.csv
# Load programs are only made for files that they can load.
run reduce --dictionary --gzip -o other small.mon
run reduce --dictionary -f ndjson -o other small.mon
