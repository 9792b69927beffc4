# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# What reduce can do with the output: columns, times, readings, parts, compression.
sed 's/MTRSYS_SYSZONE=0 MTRSYS_SYSTERM/MTRSYS_SYSZONE=0 - 18000 MTRSYS_SYSTERM/' "$TOP/samples/day.scn" >west.scn
"$MONSAMPLE" west.scn x.mon >/dev/null
show()
{
    name=$1
    shift
    run reduce -q -t VMXSP002 -o "$name" "$@" x.mon
    (cd "$name" 2>/dev/null && find . -name "VMX*" -type f | sort)
}
show plain --columns ENDTS,DURATION,CPU_PCT,NOT_HERE,SYSID
show plain --columns ENDTS,DURATION,CPU_PCT,SYSID
head -n 3 plain/VMXSP002.csv
show both --time both --columns ENDTS,ENDTS_LOCAL
head -n 3 both/VMXSP002.csv
show local --time local --columns ENDTS
head -n 3 local/VMXSP002.csv
show none -t VMXVXC00 --columns NOSUCH
show late -s 1999
show never -e 2001-01-01 -s 2002-01-01
show word --split weekly
show format -f sqlite --split day
show packed --gzip --split hour --columns ENDTS
run census --columns ENDTS x.mon
run census -s 2026-01-01 x.mon

python3 - <<'PYTHON'
import csv
import glob
import gzip
import os
import subprocess


def reduce(out, *options):
    subprocess.run([os.environ["MONREDUCE"], "reduce", "-q", "-o", out, *options, "x.mon"], check=False)


def rows(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", newline="") as f:
        return list(csv.DictReader(f))


reduce("all", "--values", "both")
reduce("readings", "--values", "cumulative")
tables = differences = 0
for path in glob.glob("all/VM*.csv"):
    both, readings = rows(path), rows(path.replace("all", "readings"))
    tables += 1
    for name in list(both[0]):
        if name + "_CUM" not in both[0]:
            continue
        assert name not in readings[0], name
        before = {}
        for a, b in zip(both, readings):
            assert a[name + "_CUM"] == b[name + "_CUM"]
            differences += a[name] != ""
    assert "SYSID" in readings[0]
print("readings beside differences:", "yes" if differences > 100 and tables > 1 else "no")

# Between two rows of a processor the readings differ by what the difference says.
checked = 0
for path in glob.glob("all/VMXSP002.csv"):
    last = {}
    for row in rows(path):
        key = [k for k in row if k == "SYTPRP_PFXCPUAD"]
        who = tuple(row[k] for k in key)
        for name in row:
            if name + "_CUM" in row and row[name] and row["QUALITY"] == "ok" and who in last:
                now, then = float(row[name + "_CUM"]), float(last[who][name + "_CUM"] or 0)
                checked += abs(abs(now - then) - float(row[name])) < 2e-6
        last[who] = row
print("readings agree with differences:", "yes" if checked > 10 else "no %d" % checked)

reduce("hours", "--split", "hour", "--gzip")
for path in glob.glob("all/VM*.csv"):
    table = os.path.basename(path)[:-4]
    parts = [r for p in sorted(glob.glob("hours/%s/*.csv.gz" % table)) for r in rows(p)]
    assert len(parts) == len(rows(path)), table
print("parts hold all rows")

starts = lambda path: sorted(r["VMCINTTS"] or r["ENDTS"] for r in rows(path))
whole = starts("all/VMXSP002.csv")
middle = whole[len(whole) // 2]
reduce("from", "-s", middle.replace(" ", "T"))
reduce("to", "-e", middle)
a, b = starts("from/VMXSP002.csv"), starts("to/VMXSP002.csv")
print("limits:", a[0] == middle and b[-1] < middle and b + a == whole)
PYTHON
