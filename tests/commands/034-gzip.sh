# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Damaged gzip data: what came before the damage is kept, and data is lost.  Several members are one file.
python3 - <<'PYTHON'
import gzip
import random

from mkmon import MonFile, at, record
from scenes import add_configuration, processor, sample

noise = random.Random(1)
f = MonFile()
add_configuration(f)
for n in range(1, 60):
    sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=n, SYTPRP_PLSCUHAF=n)] +
           [record(2, 4, at(60 * n), SCLADL_VMDUSER=noise.randbytes(8)) for _ in range(5)])
f.end()
whole = f.form("native")
packed = gzip.compress(whole)
open("whole", "wb").write(whole)
open("cut.gz", "wb").write(packed[:len(packed) // 2])
open("damaged.gz", "wb").write(packed[:-2000] + b"\xff" * 1000 + packed[-1000:])
open("members.gz", "wb").write(gzip.compress(whole[:50000]) + gzip.compress(whole[50000:]))
open("trailer.gz", "wb").write(packed + b"what is this")
PYTHON
for name in cut damaged; do
    run reduce -t VMXSP002 -o out.$name $name.gz >text
    grep -E '^return|^MRD0104' text | sed 's/ byte [0-9]*/ byte N/g'
    rows=$(grep -c TESTVM out.$name/VMXSP002.csv)
    [ "$rows" -gt 10 ] && [ "$rows" -lt 59 ] && echo "rows before the damage are there"
done
run reduce -t VMXSP002 -o out.members members.gz
grep -c TESTVM out.members/VMXSP002.csv
run reduce -t VMXSP002 -o out.trailer trailer.gz | sed 's/from byte [0-9]*/from byte N/'
grep -c TESTVM out.trailer/VMXSP002.csv
