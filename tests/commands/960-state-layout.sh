# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A layout that was corrected between two runs drops what was carried for its record, and nothing else; new columns do not
# go into an old table.
python3 - <<'PYTHON'
import os

from mkmon import MonFile
from scenes import add_configuration, expect, processor, sample, table, user
from state import run

for name, minutes in (("one.mon", (1, 2)), ("two.mon", (3, 4)), ("three.mon", (5,))):
    f = MonFile()
    add_configuration(f, second=60 * minutes[0] - 50)
    for n in minutes:
        sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=100 * n), user(60 * n, "U1", micros=5, VMDVDSCT=7 * n)])
    f.end().write(name)
layout = open(os.path.join(os.environ["TOP"], "schema/layouts/00-02-SYTPRP.csv")).read().splitlines()
# The low two bytes of the counter, at another place: the readings of the first run are of four.
lines = [line.replace("84,4,u32,SYTPRP_PFXRUNCP,", "86,2,u16,SYTPRP_PFXRUNCP,") for line in layout]
print("corrected:", lines != layout)
os.makedirs("site/layouts")
with open("site/layouts/00-02-SYTPRP.csv", "w") as f:
    f.write("\n".join(lines) + "\n")
run("one.mon", codes=(0,))
text = run("--schema", "site", "two.mon", codes=(4,))
print("\n".join(line for line in text.splitlines() if "MRD0328" in line))
expect(table("out", "VMXSP002"), [{"QUALITY": q, "SYTPRP_PFXRUNCP": v} for q, v in
                                  (("first", ""), ("ok", 100), ("first", ""), ("ok", 100))], "processors")
expect(table("out", "VMXVXU00"), [{"QUALITY": q} for q in ("first", "ok", "ok", "ok")], "users")
lines = [line.replace("SYTPRP_PLSCUHAF,", "SYTPRP_OTHER,") for line in lines]
with open("site/layouts/00-02-SYTPRP.csv", "w") as f:
    f.write("\n".join(lines) + "\n")
text = run("--schema", "site", "three.mon", codes=(16,))
print([line for line in text.splitlines() if "MRD0642" in line])
expect(table("out", "VMXSP002"), [{"QUALITY": q} for q in ("first", "ok", "first", "ok")], "unchanged")
# With the old file out of the way the new columns get one of their own.
for name in ("VMXSP002.csv", "VMXSPP.csv"):
    os.rename("out/" + name, "old." + name)
text = run("--schema", "site", "three.mon", codes=(4,))
print([line.replace(os.getcwd(), "HERE") for line in text.splitlines() if line.startswith("MRD0637")])
expect(table("out", "VMXSP002"), [{"QUALITY": "first", "SYTPRP_OTHER": ""}], "anew")
PYTHON
