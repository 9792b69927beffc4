# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# describe --json: valid lines that say what describe and dictionary.csv say; columns that exits add; search.
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon
"$MONREDUCE" reduce -q -o out day.mon
cat >check.py <<'PYTHON'
import csv
import json
import os
import subprocess


def describe(*words):
    done = subprocess.run([os.environ["MONREDUCE"], "describe", *words], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, (words, done.stderr)
    return done.stdout.splitlines()


def objects(*words):
    return [json.loads(line) for line in describe("--json", *words)]


tables = objects()
names = describe("--names")
assert [t["table"] for t in tables] == [n for n in names if "/" not in n]
assert {t["kind"] for t in tables} == {"table"} and all(t["title"] and t["rule"] for t in tables)
print("tables:", len(tables) > 100)

with open("out/dictionary.csv", newline="", encoding="utf-8") as f:
    rows = list(csv.DictReader(f))
bad = count = 0
for name in sorted({r["table"] for r in rows}):
    table, *columns = objects(name)
    want = [r for r in rows if r["table"] == name]
    bad += table["columns"] != len(columns) or len(want) != len(columns)
    for r, c in zip(want, columns):
        record = c.get("record", "") + (" " + c["variant"] if "variant" in c else "")
        got = (c["column"], c["label"], c["type"], c.get("unit", ""), c["class"], c.get("field", ""), record,
               c.get("formula", ""), c.get("confidence", ""), "key" if c["key"] else c.get("semantic", ""))
        like = (r["column"], r["label"], r["type"], r["unit"], r["class"], r["field"], r["record"], r["formula"],
                r["confidence"], r["semantic"])
        count += 1
        if got != like:
            bad += 1
            print(got, like)
        if c["key"] != (r["column"] in table["keys"]):
            bad += 1
            print(name, r["column"], "key or not")
print("columns:", count > 1000 and bad == 0)

fields = 0
for name in [n for n in names if "/" in n]:
    known = None
    for o in objects(name):
        assert o["record"] == name
        if o["kind"] == "record":
            assert known in (None, 0)
            known = o["fields"]
        else:
            known -= 1
            fields += 1
            assert o["kind"] == "field" and o["field"] and o["confidence"] and "offset" in o
    assert known == 0, name
print("fields:", fields > 2000)

one = objects("vmxvxu00.useact_vmdttime")
print(len(one), one[0]["record"], one[0]["offset"], one[0]["direction"], one[0]["difference"])
print(objects("4/3.USEACT_VMDTTIME")[0]["columns"])
found = objects("paging")
text = "\n".join(describe("paging"))
print("search:", {o["kind"] for o in found} == {"table", "record", "column"},
      all(o["kind"] == "column" or o.get("table", o.get("record", "")) in text for o in found))
PYTHON
python3 check.py
echo "user,class" >classes.csv
"$MONREDUCE" describe -x "$EXITS/userclass.so:file=classes.csv" VMXVXU00.USERCLASS
"$MONREDUCE" describe --json -x "$EXITS/userclass.so:file=classes.csv" VMXVXU00.USERCLASS
"$MONREDUCE" describe --names -x "$EXITS/userclass.so:file=classes.csv" VMXVXU00.USERC
run describe --json VMXVXU00.USERCLASS
run describe --json 4/3.NOTHING
run describe -x nowhere.so VMXVXU00 2>&1 | sed 's/cannot open shared object.*/.../'
run describe -x "$EXITS/userclass.so" VMXVXU00 | sed "s|$EXITS|EXITS|g"
# A label of a site that is no UTF-8.
mkdir -p site/layouts
cat >site/records.csv <<'CSV'
domain,record,dsect,title,kind,length,origin
12,77,SITEXX,A record of this site,sample,32,our own
CSV
printf 'offset,length,type,name,unit,semantic,label,label_confidence,confidence,origin\n' >site/layouts/12-77-SITEXX.csv
printf '20,4,u32,SITEXX_READS,pages,counter,Pages of M\374ller,known,site,our own\n' >>site/layouts/12-77-SITEXX.csv
"$MONREDUCE" describe --json --schema site 12/77.SITEXX_READS
