# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The monitor is connected again: with the same IPL time differences go on, after an IPL they begin anew.
python3 - <<'PYTHON'
from mkmon import MonFile
from scenes import add_configuration, processor, sample

f = MonFile()
add_configuration(f)
for n in (1, 2):
    sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=100 * n)])
add_configuration(f, second=150)
for n in (3, 4):
    sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=100 * n)])
add_configuration(f, second=390)
for n in (7, 8):
    sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=100 * n)])
add_configuration(f, second=510, ipl=500)
for n in (9, 10):
    sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=10000 * n)])
f.end().write("x.mon")
PYTHON
run reduce -o out x.mon
python3 - <<'PYTHON'
from scenes import clock, expect, table

M = "60.000000"
expect(table("out", "VMXSP002"), [{"ENDTS": clock(60 * n), "QUALITY": q, "DURATION": d, "SYTPRP_PFXRUNCP": v} for n, q, d, v in [
    (1, "first", "", ""), (2, "ok", M, 100), (3, "ok", M, 100), (4, "ok", M, 100), (7, "gap", "180.000000", 300),
    (8, "ok", M, 100), (9, "first", "", ""), (10, "ok", M, 10000)]], "VMXSP002")
expect(table("out", "VMXSCF00"), [{"ENDTS": clock(s, 3)} for s in (0, 150, 390, 510)], "VMXSCF00")
PYTHON
