# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# csv-metadata.json fits the files: columns in order, and each cell has the form of its datatype.  The SAS program
# reads every column of every table, by names that SAS allows.
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon
"$MONREDUCE" reduce -q --dictionary -o out day.mon
cd out || exit 1
python3 - <<'PYTHON'
import csv
import glob
import json
import re

forms = {"nonNegativeInteger": r"\d+", "integer": r"-?\d+", "decimal": r"-?\d+\.\d{6}",
         "double": r"-?\d+(\.\d+)?([eE][-+]?\d+)?", "string": r"(?s).*"}
with open("csv-metadata.json", encoding="utf-8") as f:
    about = json.load(f)
print(about["@context"])
print(sorted(t["url"] for t in about["tables"]) == sorted(glob.glob("V*.csv")))
for table in about["tables"]:
    with open(table["url"], newline="", encoding="utf-8") as f:
        rows = list(csv.reader(f, strict=True))
    columns = table["tableSchema"]["columns"]
    if [c["name"] for c in columns] != rows[0]:
        print(table["url"], "has other columns")
    for row in rows[1:]:
        for column, cell in zip(columns, row, strict=True):
            kind = column["datatype"]
            form = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}" if isinstance(kind, dict) else forms[kind]
            if cell != "" and not re.fullmatch(form, cell):
                print(table["url"], column["name"], kind, repr(cell))
with open("load-sas.sas", encoding="utf-8") as f:
    program = f.read()
steps = re.findall(r"\ndata (\w+)\(.*?\n    input((?:\n        \S+(?: \$)?)+);\nrun;", program, re.S)
print(len(steps) == len(about["tables"]))
for name, text in steps:
    names = [line.split()[0] for line in text.strip().splitlines()]
    with open(name + ".csv", newline="", encoding="utf-8") as f:
        header = next(csv.reader(f))
    if len(names) != len(header) or len({n.upper() for n in names}) != len(names):
        print(name, "reads", len(names), "of", len(header))
    for n, h in zip(names, header):
        if not re.fullmatch(r"[A-Za-z_]\w{0,31}", n) or (len(h) <= 32 and n != h):
            print(name, n, h)
PYTHON
# Packed, and in parts.
cd ..
for how in --gzip "--split day" "--split day --gzip"; do
    "$MONREDUCE" reduce -q --dictionary -t VMXSP002 --columns ENDTS -o other $how day.mon
    echo "$how"
    grep -E 'filename|infile|_next|Unpack' other/load-sas.sas
    rm -rf other
done
