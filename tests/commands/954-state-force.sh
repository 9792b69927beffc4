# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# --force forgets a file, or a range of times, with its rows, and reduces again.
"$MONSAMPLE" --intervals 24 "$TOP/samples/day.scn" day.mon
python3 - <<'PYTHON'
import os

from state import cut, manifest, plain, run, rows, same

names = cut("day.mon", 4, "part-%d.mon")
plain(*names)
for name in names:
    run(name)
print("before:", same("plain", "out", "before"))
os.remove("out/manifest.json")
text = run("--force", names[1], codes=(0, 4))
print("\n".join(line for line in text.splitlines() if "MRD0644" in line or "MRD0638" in line))
print("one again:", same("plain", "out", "again"), os.path.exists("out/manifest.json"))
# A range without its files: they are gone from the tables, and the hole is seen by what comes behind it.
text = run("--force=2025-03-14T09:06:30/2025-03-14T09:11:30", names[3], codes=(0, 4))
plain(names[0], names[2], names[3])
print("\n".join(line for line in text.splitlines() if "MRD0644" in line))
print("range forgotten:", len(rows("out", "VMXSP002.csv")) == len(rows("plain", "VMXSP002.csv")))
gap = [line for line in rows("out", "VMXSP002.csv") if ",gap," in line]
print("gap rows:", len(gap), gap == [line for line in rows("plain", "VMXSP002.csv") if ",gap," in line])
plain(*names)
run(names[1], codes=(0, 4))
print("and back:", same("plain", "out", "back"))
# All of it.
text = run("--force=2025-03-14/2025-03-14", *names, codes=(0, 4))
print("\n".join(line for line in text.splitlines() if "MRD0644" in line))
print("all again:", same("plain", "out", "all again"))
PYTHON
run reduce --force day.mon -o none
run reduce --state st --force=yesterday day.mon -o none
run reduce --state st --force=2025-03-15/2025-03-14 day.mon -o none
