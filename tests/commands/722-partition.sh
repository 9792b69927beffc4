# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Partitions: where parts are, that they hold what CSV has, what a run into the same folder does, what is refused.
"$MONSAMPLE" --set intervals=80 "$TOP/samples/day.scn" x.mon >/dev/null
# Which of the parts is named depends on the file system.
refused()
{
    run reduce -q "$@" | sed 's/another way: VM[A-Z0-9_]*\.parquet/another way: .../'
}
"$MONREDUCE" reduce -q -o csv x.mon
run reduce -q -f parquet --partition -o parts x.mon
find parts -name "VMXSP002*" | sort
run reduce -q -f parquet --partition --split hour --gzip -t VMXSP002 -o hours x.mon
find hours -name "VMXSP002*" | sort
cat >check.py <<'PYTHON'
"""Every row of the CSV is once in the parts, with the SYSID of the folder and the day of its interval."""
import csv
import glob
import os
import sys
import urllib.parse

from parquet import meaning, read

folder, tables, rows = sys.argv[1], 0, 0
for path in sorted(glob.glob("csv/VM*.csv")):
    table = os.path.basename(path)[:-4]
    with open(path, newline="") as f:
        wanted = list(csv.DictReader(f))
    have = []
    for part in sorted(glob.glob("%s/%s/SYSID=*/DATE=*/*.parquet" % (folder, table))):
        keys = [urllib.parse.unquote(p).split("=") for p in part.split("/")[-3:-1]]
        columns, cells = read(part)
        assert [k for k, _ in keys] == ["SYSID", "DATE"] and "SYSID" not in columns
        assert meaning(part)[0]["monreduce.partition"] == "/".join(part.split("/")[-3:-1])
        have += [(keys[0][1], keys[1][1], row[columns.index("ENDTS")], len(row)) for row in cells]
    if not have and len(sys.argv) > 2 and table != sys.argv[2]:
        continue
    assert have == [(r["SYSID"], (r["VMCINTTS"] or r["ENDTS"])[:10], r["ENDTS"], len(r) - 1) for r in wanted], table
    tables, rows = tables + 1, rows + len(have)
print("the rows of", "several tables" if tables > 10 else "%d table" % tables, "once:", rows > 10)
PYTHON
PYTHONPATH=$TOP/tests/consumers python3 check.py parts
PYTHONPATH=$TOP/tests/consumers python3 check.py hours VMXSP002

# The same again: the same parts, with the same bytes.  Another file of the day takes the place of it.
cp -r parts before
run reduce -q -f parquet --partition -o parts x.mon
diff -r before parts && echo "the same"
"$MONSAMPLE" --set intervals=5 "$TOP/samples/day.scn" short.mon >/dev/null
"$MONREDUCE" reduce -f parquet --partition -t VMXSP002 -o parts short.mon 2>&1 | grep '^MRD0521' | sed 's/: [0-9]* bytes, before [0-9]*/: .../'
find parts -name "VMXSP002*.parquet" | wc -l

# With threads the same.
"$MONREDUCE" reduce -q -f parquet --partition -j 3 -o threads x.mon
diff -r before threads && echo "the same with threads"

# What would be read twice is refused, and nothing is written.
find parts -type f | sort | xargs cksum >before.sums
refused -f parquet --partition --split hour -o parts x.mon
refused -f parquet --split day -o parts x.mon
refused -f parquet --partition --time local -o parts x.mon
refused -f parquet -o parts x.mon
find parts -type f | sort | xargs cksum | diff before.sums - && echo "untouched"
run reduce -q -f csv --partition -o wrong x.mon
run reduce -q -f parquet --partition --split none -o wrong x.mon
run reduce -q -f parquet --partition --columns SYSID -o wrong x.mon
[ -e wrong ] && ls wrong

# From one file a table to parts: the files go.  The other way round is refused, the parts may be of many runs.
"$MONREDUCE" reduce -q -f parquet -o turned x.mon
"$MONREDUCE" reduce -q -f parquet --split hour -o turned x.mon
find turned -maxdepth 1 -name "*.parquet" | wc -l
refused -f parquet -o turned x.mon
# Compressed and plain files of one format are not left beside each other.
"$MONREDUCE" reduce -q -t VMXSP002 -o packed x.mon
"$MONREDUCE" reduce -q -t VMXSP002 --gzip -o packed x.mon
ls packed

# A name that is no name for a folder.
sed 's|sysid = "VMDEMO"|sysid = "A/B: 1=#"|' "$TOP/samples/day.scn" >odd.scn
"$MONSAMPLE" odd.scn odd.mon >/dev/null
"$MONREDUCE" reduce -q -f parquet --partition -t VMXSP002 -o odd odd.mon
find odd -name "*.parquet"
