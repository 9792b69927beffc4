# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# One record whose clock value is 20 minutes ahead, alone in its block, so that nothing contradicts it: what comes later
# has not been there before, in each of the ways in which a stretch of data ends behind it.
cat >make.py <<'PYTHON'
import sys

from mkmon import MonFile, at, record
from scenes import add_configuration, processor, sample


def event(f, second):
    f.add("E", [record(8, 1, at(second))])


def samples(f, seconds):
    for second in seconds:
        sample(f, second, [processor(second, 0)])


f = MonFile()
add_configuration(f)
event(f, 30)
event(f, 1200)
if sys.argv[1] == "followed":
    event(f, 40)
samples(f, [60, 120])
if sys.argv[1] == "connected":
    add_configuration(f, second=290)
samples(f, [300])
event(f, 310)
event(f, 350)
samples(f, [360])
f.end().write(sys.argv[1] + ".mon")
PYTHON
for end in followed hole connected; do
    python3 make.py $end
    run reduce -q -o out $end.mon
    sed 1d out/VMR0801.csv | cut -d , -f 5
    grep -o '"duplicates": [0-9]*' out/manifest.json | head -n 1
done
