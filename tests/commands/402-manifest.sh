# SPDX-License-Identifier: Apache-2.0
# The manifest of a good file: its numbers are those of the file as it was made, and they add up.
python3 - <<'PYTHON'
import collections

from account import agree, census, reduce, same
from mkmon import layouts
from scenes import small

f = small()
f.write("small.mon")
m = reduce("out", "small.mon")
made = collections.Counter("%d/%d" % (one[4], int.from_bytes(one[6:8], "big")) for one in f.records())
size = collections.Counter()
for one in f.records():
    size["%d/%d" % (one[4], int.from_bytes(one[6:8], "big"))] += len(one)
same("types", {t["record"]: t["count"] for t in m["records"]["types"]}, dict(made))
same("bytes by type", {t["record"]: t["bytes"] for t in m["records"]["types"]}, dict(size))
same("return code", (m["return_code"], m["reasons"]), (0, []))
same("control", m["bytes"]["control"], 4096 * len(f.controls))
same("end of data", m["bytes"]["end_data"], 4096)
same("damaged", (m["bytes"]["damaged"], m["inputs"][0]["damage"]), (0, []))
same("systems", len(m["systems"]), 1)
s = m["systems"][0]
same("who", (s["sysid"], s["serial"], s["cpumodel"]), ("TESTVM", "012345", "2097-E12"))
same("IPL", s["ipl_time"], "2024-03-14 09:00:00.000000")
same("intervals", s["intervals"], {"expected": 3, "seen": 3, "missing": 0})
same("times", (s["first_time"], s["last_time"]), ("2024-03-15 09:00:00.000000", "2024-03-15 09:03:00.000900"))
same("missing records", s["configuration_missing"], [])
same("table", {t["name"]: t["quality"]["first"] for t in m["tables"]}["VMXSP002"], 2)
agree(m, census("small.mon"))
print("the manifest is right")
PYTHON
