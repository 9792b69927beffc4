# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Suspensions: 1/12 is held for its 1/3 (design 9.14), lost event records are told, one without end too.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import add_configuration, processor, sample

f = MonFile()
add_configuration(f)
f.add("E", [record(1, 10, at(5), MTRSCM_CALTOD=at(5), MTRSCM_CALBYCT=22, MTRSCM_CALCMD="MONITOR SAMPLE ENABLE ")])
sample(f, 60, [processor(60, 0, SYTPRP_PFXRUNCP=100)])
f.add("E", [record(1, 12, at(70)), record(1, 3, at(75), MTRSUS_LOSTRCCT=17)])
sample(f, 120, [processor(120, 0, SYTPRP_PFXRUNCP=200)])
f.end().write("pair.mon")
del f.data[-4096:]
f.add("E", [record(1, 12, at(130))])
sample(f, 180, [processor(180, 0, SYTPRP_PFXRUNCP=300)])
f.end().write("open.mon")
PYTHON
run reduce -o pair pair.mon
run reduce -o open open.mon
python3 - <<'PYTHON'
from scenes import clock, expect, table

want = [{"RECORD": "1/10", "ENDTS": clock(5), "QUALITY": "ok", "MTRSCM_CALCMD": "MONITOR SAMPLE ENABLE"},
        {"RECORD": "1/3", "ENDTS": clock(75), "QUALITY": "ok", "MTRSUS_LOSTRCCT": 17}]
expect(table("pair", "VMXVXC00"), want, "pair")
expect(table("open", "VMXVXC00"), want + [{"RECORD": "1/12", "ENDTS": clock(130), "QUALITY": "partial"}], "open")
expect(table("open", "VMXSP002"), [{"QUALITY": q} for q in ("first", "ok", "ok")], "samples go on")
PYTHON
