# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Counts and bytes are those of the writer; one record is of an unknown kind.
python3 - <<'PYTHON'
from collections import Counter

from mkmon import at, record
from scenes import processor, sample, small

f = small()
del f.data[-4096:]
sample(f, 240, [processor(240, cpu) for cpu in range(2)] + [record(12, 77, at(240), length=300), record(12, 77, at(241), length=200)])
f.end().write("x.mon")
count, size = Counter(), Counter()
for one in f.records():
    kind = "%d/%d" % (one[4], int.from_bytes(one[6:8], "big"))
    count[kind] += 1
    size[kind] += len(one)
with open("want", "w") as out:
    for kind in sorted(count, key=lambda k: [int(n) for n in k.split("/")]):
        out.write("%s %d %d\n" % (kind, count[kind], size[kind]))
PYTHON
"$MONREDUCE" census x.mon >got
echo "return code $?"
awk '$1 ~ /^[0-9]+\/[0-9]+$/ {print $1, $2, $3}' got | diff want - && echo "records as written"
grep -c '^12/77 .*unknown' got
grep -o '2024-03-15 09:00:00 to 09:04:01 UTC' got
grep -c '^x.mon: native' got
