# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A sample interval that the operator changes is no gap; a hole after it is.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import add_configuration, processor, sample

f = MonFile()
add_configuration(f)
t = 0
for n, seconds in enumerate((60, 60, 60, 300, 300, 300, 600, 60), 1):
    t += seconds
    if n in (4, 8):
        text = "MONITOR SAMPLE INTERVAL 5 MIN" if n == 4 else "MONITOR SAMPLE INTERVAL 60 SEC"
        f.add("S", [record(1, 10, at(t - seconds + 1), MTRSCM_CALTOD=at(t - seconds + 1), MTRSCM_CALBYCT=len(text),
                           MTRSCM_CALCMD=text)])
    sample(f, t, [processor(t, 0, SYTPRP_PFXRUNCP=t)])
f.end().write("x.mon")
PYTHON
run reduce -o out x.mon
python3 - <<'PYTHON'
from scenes import expect, table

rows = [("first", "")] + [("ok", 60)] * 2 + [("ok", 300)] * 3 + [("gap", 600), ("ok", 60)]
expect(table("out", "VMXSP002"), [{"QUALITY": q, "SYTPRP_PFXRUNCP": v, "DURATION": "%d.000000" % v if v else ""}
                                  for q, v in rows], "VMXSP002")
PYTHON
