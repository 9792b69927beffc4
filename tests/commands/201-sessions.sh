# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A new session is `first`, even where its counters are higher; what did not change goes on.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record, timer
from scenes import add_configuration, processor, sample, user

f = MonFile()
add_configuration(f)
for n in range(1, 8):
    t = 60 * n
    events = []
    if n == 3:
        events = [record(4, 2, at(t - 40), USELOF_VMDUSER="RELOGON", USELOF_VMDCPUAD=0),
                  record(4, 1, at(t - 30), USELON_VMDUSER="RELOGON", USELON_VMDCPUAD=0),
                  record(5, 2, at(t - 20), PRCVOF_PFXCPUAD=1), record(5, 1, at(t - 10), PRCVON_PFXCPUAD=1)]
    if n == 6:
        events = [record(6, 2, at(t - 20), IODVOF_RDEVSID=0x00010001)]
    if n == 7:
        events = [record(6, 1, at(t - 20), IODVON_RDEVSID=0x00010001)]
    if events:
        f.add("E", events)
    records = [processor(t, cpu, SYTPRP_PFXRUNCP=100 * n) for cpu in range(2)]
    records += [user(t, "RELOGON", VMDVDSCT=10 * n), user(t, "STAYS", VMDVDSCT=20 * n),
                user(t, "CLOCK", VMDVDSCT=30 * n, CALTODON=at(-500 if n < 5 else 250))]
    if n != 6:
        records += [record(6, 3, at(t), IODDEV_RDEVSID=0x00010001, IODDEV_SCMSSCH=5 * n)]
    sample(f, t, records)
f.end().write("x.mon")
PYTHON
run reduce -o out x.mon
python3 - <<'PYTHON'
from scenes import expect, table


def check(rows, column, step, first, what):
    expect(rows, [{"QUALITY": "first" if n in first else "ok", column: "" if n in first else step}
                  for n in range(1, len(rows) + 1)], what)


users, cpus = table("out", "VMXVXU00"), table("out", "VMXSP002")
for name, step, first in (("RELOGON", 10, (1, 3)), ("STAYS", 20, (1,)), ("CLOCK", 30, (1, 5))):
    check([r for r in users if r["USEACT_VMDUSER"] == name], "USEACT_VMDVDSCT", step, first, name)
for cpu, first in (("0", (1,)), ("1", (1, 3))):
    check([r for r in cpus if r["SYTPRP_PFXCPUAD"] == cpu], "SYTPRP_PFXRUNCP", 100, first, "CPU " + cpu)
expect(table("out", "VMXXDV00"), [{"QUALITY": q} for q in ["first", "ok", "ok", "ok", "ok", "first"]], "device")
PYTHON
