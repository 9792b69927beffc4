# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The sample day: what its maker counted is what the manifest says, whole, cut and damaged.
[ -n "$SHARED" ] && [ -r "$SHARED/testdata/day.mon" ] || skip "no sample day beside this copy"
export SHARED
python3 - <<'PYTHON'
import json
import os

from account import agree, census, reduce, same

day = os.path.join(os.environ["SHARED"], "testdata")
with open(os.path.join(day, "day.expected", "summary.json"), encoding="utf-8") as f:
    made = json.load(f)
name = os.path.join(day, "day.mon")
m = reduce("out", name)
types = {t["record"]: t["bytes"] for t in m["records"]["types"]}
types.pop("1/13", None)
same("bytes by type", types, made["record_bytes"])
same("intervals", m["systems"][0]["intervals"], {"expected": 8, "seen": 8, "missing": 0})
agree(m, census(name))
with open(name, "rb") as f:
    data = bytearray(f.read())
for cut in (1, 4096, 100000, 200001, len(data) - 1):
    with open("day.cut", "wb") as f:
        f.write(data[:cut])
    census("day.cut")
for place in range(5000, len(data), 40000):
    data[place:place + 4] = b"\xff\xff\xff\xff"
with open("day.bad", "wb") as f:
    f.write(data)
agree(reduce("bad", "day.bad"), census("day.bad"))
print("the manifest is right")
PYTHON
