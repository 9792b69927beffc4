# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Rows at the edges of hours and days: what -s and -e choose is what --split puts into a part.  By hand:
#
#   A 09:00:00.000004 - 09:50           D 10:00:00.000000 - 10:10           G 00:00:00.000000 - 00:10 of the next day
#   B 09:50           - 09:59:59.999999 E 10:10           - 23:59:59.999999
#   C 09:59:59.999999 - 10:00:00.000000 F 23:59:59.999999 - 00:00:00.000000
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import add_configuration, processor

ENDS = [(3000, 0), (3599, 999999), (3600, 0), (4200, 0), (53999, 999999), (54000, 0), (54600, 0)]
f = MonFile()
add_configuration(f)
for second, micros in ENDS:
    f.add("S", [processor(second, 0, micros, SYTPRP_PFXRUNCP=second), record(1, 11, at(second, micros))])
f.end().write("x.mon")
PYTHON
cat >show.py <<'PYTHON'
import csv
import glob
import sys

NAMES = {"09:00:00.000004": "A", "09:50:00.000000": "B", "09:59:59.999999": "C", "10:00:00.000000": "D",
         "10:10:00.000000": "E", "23:59:59.999999": "F", "00:00:00.000000": "G"}
for path in sorted(glob.glob(sys.argv[1], recursive=True)):
    with open(path, newline="") as f:
        rows = [NAMES[r["VMCINTTS"][11:]] for r in csv.DictReader(f)]
    print(path.split("/")[-1], "".join(rows))
PYTHON
choose()
{
    "$MONREDUCE" reduce -q -t VMXSP002 -o chosen "$@" x.mon
    printf '%s: ' "$*"
    python3 show.py chosen/VMXSP002.csv | grep . || echo "no rows"
    rm -rf chosen
}
choose
choose -s 2024-03-15T09:00 -e 2024-03-15T10:00
choose -s 2024-03-15T10:00 -e 2024-03-15T11:00
choose -s 2024-03-15T10 -e 2024-03-16T00
choose -s 2024-03-15 -e 2024-03-15
choose -s 2024-03-16 -e 2024-03-16
choose -e 2024-03-15T09:50
choose -s 2024-03-15T09:59:59.999999 -e 2024-03-15T10:00:00
choose -s 2024-03-15T10:00:00 -e 2024-03-15T10:00:00.000001
choose -s 2024-03-15T10:00:00.000001 -e 2024-03-15T10:10
run reduce -q -s 2024-03-15T10 -e 2024-03-15T10:00 -o wrong x.mon
for split in hour day interval; do
    "$MONREDUCE" reduce -q -t VMXSP002 --split $split -o $split x.mon
    python3 show.py "$split/VMXSP002/*.csv"
done
# Hours one after the other into one folder: every row once.
for hour in 15T09/15T10 15T10/15T11 15T23/16T00; do
    "$MONREDUCE" reduce -q -t VMXSP002 --split hour -o steps -s 2024-03-${hour%/*} -e 2024-03-${hour#*/} x.mon
done
"$MONREDUCE" reduce -q -t VMXSP002 --split hour -o steps -s 2024-03-16 x.mon
diff -r hour/VMXSP002 steps/VMXSP002 && echo "the same"
