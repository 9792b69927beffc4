# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A field exists only if it lies inside this record's length; a longer record is no fault.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import add_configuration, sample

f = MonFile()
add_configuration(f)
lengths = [108, 108, 104, 104, 103, 108, 108, 140, 140]
for n, length in enumerate(lengths, 1):
    sample(f, 60 * n, [record(0, 2, at(60 * n), length, SYTPRP_PFXCPUAD=0, SYTPRP_PFXRUNCP=10 * n, SYTPRP_PFXSPINC=100 * n,
                              **({"SYTPRP_PFXCPUTY": 3} if length > 104 else {}))])
f.end().write("x.mon")
PYTHON
run reduce -t VMXSP002 -o out x.mon
python3 - <<'PYTHON'
from scenes import expect, table

# SYTPRP_PFXSPINC ends at 104, SYTPRP_PFXCPUTY at 105: a record of 103 bytes has neither, and the difference to it
# cannot be made in the next one.
rows = [("first", "", "", 3), ("ok", 10, 100, 3), ("ok", 10, 100, ""), ("ok", 10, 100, ""), ("ok", 10, "", ""),
        ("ok", 10, "", 3), ("ok", 10, 100, 3), ("ok", 10, 100, 3), ("ok", 10, 100, 3)]
expect(table("out", "VMXSP002"), [{"QUALITY": q, "SYTPRP_PFXRUNCP": a, "SYTPRP_PFXSPINC": b, "SYTPRP_PFXCPUTY": c}
                                  for q, a, b, c in rows], "VMXSP002")
PYTHON
