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
# Whatever is chosen, the dictionary has the columns that are in the files, and the load programs name these files.
python3 - <<'PYTHON'
import csv
import glob
import gzip
import json
import os
import re
import subprocess


def header(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", newline="", encoding="utf-8") as f:
        return next(csv.reader(f))


def check(*options):
    subprocess.run([os.environ["MONREDUCE"], "reduce", "-q", "--dictionary", "-o", "chosen", *options, "day.mon"])
    with open("chosen/dictionary.csv", newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f, strict=True))
    wrong = [r for r in rows if not (r["label"] and r["type"] and r["class"])]
    tables, files = {}, {}
    for row in rows:
        tables.setdefault(row["table"], []).append(row["column"])
    for path in glob.glob("chosen/VM*.csv*") + glob.glob("chosen/VM*/*.csv*"):
        table = path.split("/")[1].split(".")[0]
        files.setdefault(table, set()).add(tuple(header(path)))
    same = {t: {tuple(c)} for t, c in tables.items()} == files and not wrong
    for name in ("sqlite", "duckdb", "postgresql"):
        with open("chosen/load-%s.sql" % name, encoding="utf-8") as f:
            text = f.read()
        made = re.findall(r'CREATE TABLE "(\w+)" \(\n(.*?)\n\);', text, re.S)
        same &= {t.upper(): [c.upper() for c in re.findall(r'^    "(\w+)"', body, re.M)] for t, body in made} == tables
        named = set(re.findall(r"[\w/]+(?:\*)?\.csv(?:\.gz)?", text))
        same &= {n for pattern in named for n in glob.glob("chosen/" + pattern)} == set(
            glob.glob("chosen/VM*.csv*") + glob.glob("chosen/VM*/*.csv*"))
    if os.path.exists("chosen/csv-metadata.json"):
        with open("chosen/csv-metadata.json", encoding="utf-8") as f:
            web = json.load(f)
        same &= {t["url"]: [c["name"] for c in t["tableSchema"]["columns"]] for t in web["tables"]} == {
            os.path.basename(p): header(p) for p in glob.glob("chosen/VM*.csv*")}
    print(" ".join(options) + ":", len(tables) > 0 and same, "csv-metadata.json" in os.listdir("chosen"))
    subprocess.run(["rm", "-rf", "chosen"])
    return {(r["table"], r["column"]): r for r in rows}


check("--crlf")
check("--columns", "USEACT_VMDUSER,CPU_PCT,SYSID,ENDTS")
check("--values", "both")
check("--values", "cumulative", "--time", "local")
both = check("--values", "both", "--time", "both", "--gzip")
check("--split", "interval")
check("--split", "day", "--gzip", "--time", "both", "--columns", "ENDTS_LOCAL,ENDTS")
# What stands beside a column is told from it.
for name in ("USEACT_VMDTTIME", "USEACT_VMDTTIME_CUM", "ENDTS", "ENDTS_LOCAL", "USEACT_CALTODON_LOCAL"):
    row = both["VMXVXU00", name]
    print(name, [row[k] for k in ("type", "unit", "class", "record", "field")])
PYTHON
# Load programs are only made for files that they can load.
run reduce --dictionary --spreadsheet -o other small.mon
run reduce --dictionary -f ndjson -o other small.mon
