# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A second file with the intervals that the first one lacks holds nothing twice: what comes too late for its place in time
# is not called a duplicate, and no row is lost without a word.
python3 - <<'PYTHON'
from mkmon import MonFile
from scenes import add_configuration, processor, sample

for name, minutes in (("holes.mon", (1, 2, 3, 6, 7, 8)), ("fill.mon", (4, 5))):
    f = MonFile()
    add_configuration(f, second=60 * minutes[0] - 50)
    for n in minutes:
        sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=100 * n)])
    f.end().write(name)
PYTHON
"$MONREDUCE" reduce -o out holes.mon fill.mon >text 2>&1
echo "return code $?"
grep -c MRD0312W text
cut -d, -f5 out/VMXSP002.csv | grep -c ' 09:0[1-8]:00'
