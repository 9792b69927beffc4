# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Missing intervals and things that are absent for some: the difference spans the hole, DURATION says how long.
python3 - <<'PYTHON'
from mkmon import MonFile, timer
from scenes import add_configuration, processor, sample, user

f = MonFile()
add_configuration(f)
for n in (1, 2, 3, 6, 7):
    t = 60 * n
    records = [processor(t, 0, SYTPRP_PFXRUNCP=100 * n)]
    records += [user(t, "ALWAYS", VMDVDSCT=n)]
    if n not in (2, 3):
        records += [user(t, "AWAY", VMDVDSCT=n * n)]
    if n != 6:
        records += [user(t, "FELL", VMDVDSCT=100 * n, VMDTTIME=timer(20 * n if n < 6 else 5)),
                    user(t, "DOUBTFUL", VMDVDSCT=100 * n if n < 6 else 5, VMDTTIME=timer(20 * n))]
    sample(f, t, records)
f.end().write("x.mon")
PYTHON
run reduce -o out x.mon
python3 - <<'PYTHON'
from scenes import clock, expect, table

users = table("out", "VMXVXU00")


def of(name):
    return [row for row in users if row["USEACT_VMDUSER"] == name]


def want(*rows):
    return [{"QUALITY": q, "DURATION": d, "USEACT_VMDVDSCT": v} for q, d, v in rows]


M = "60.000000"
expect(of("ALWAYS"), want(("first", "", ""), ("ok", M, 1), ("ok", M, 1), ("gap", "180.000000", 3), ("ok", M, 1)), "ALWAYS")
expect(of("AWAY"), want(("first", "", ""), ("gap", "300.000000", 35), ("ok", M, 13)), "AWAY")
# The time used is a counter that is known to be one; the I/O count may be a level, and says nothing of its row.
for name, last in (("FELL", ("reset", "", "", "")), ("DOUBTFUL", ("gap", "240.000000", "", "80.000000"))):
    expect(of(name), [{"QUALITY": q, "DURATION": d, "USEACT_VMDVDSCT": v, "USEACT_VMDTTIME": c} for q, d, v, c in [
        ("first", "", "", ""), ("ok", M, 100, "20.000000"), ("ok", M, 100, "20.000000"), last]], name)
expect(table("out", "VMXSP002"), [{"QUALITY": q, "DURATION": d, "SYTPRP_PFXRUNCP": v, "VMCINTTS": clock(*s)} for q, d, v, s in [
    ("first", "", "", (0, 4)), ("ok", M, 100, (60, 900)), ("ok", M, 100, (120, 900)),
    ("gap", "180.000000", 300, (180, 900)), ("ok", M, 100, (360, 900))]], "VMXSP002")
PYTHON
