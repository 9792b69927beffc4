# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A new session is no difference to the old one, even where its counters are higher: `begun` from its logon where the
# record tells it (CALTODON) and it can be, else `first`; what did not change goes on.
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
                user(t, "CLOCK", VMDVDSCT=30 * n, CALTODON=at(-500 if n < 5 else 250)),
                # Logged on since the sample before; before it; since, but with more time used than has passed.
                user(t, "BEGUN", VMDTTIME=timer(20 * n if n < 5 else 7 * n), CALTODON=at(-500 if n < 5 else 250)),
                user(t, "OLDER", VMDTTIME=timer(20 * n), CALTODON=at(-500 if n < 5 else 239)),
                user(t, "TOOMUCH", VMDTTIME=timer(20 * n), CALTODON=at(-500 if n < 5 else 250))]
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
for name, step, first in (("RELOGON", 10, (1, 3)), ("STAYS", 20, (1,))):
    check([r for r in users if r["USEACT_VMDUSER"] == name], "USEACT_VMDVDSCT", step, first, name)
# Sample 4 is of 240 s, sample 5 of 300 s: what the record of sample 5 holds was counted in the 50 s since 250 s.
for name, column, rows in (
        ("CLOCK", "USEACT_VMDVDSCT", [("ok", 60, 30)] * 3 + [("begun", 50, 150)] + [("ok", 60, 30)] * 2),
        ("BEGUN", "USEACT_VMDTTIME", [("ok", 60, 20)] * 3 + [("begun", 50, 35)] + [("ok", 60, 7)] * 2),
        ("OLDER", "USEACT_VMDTTIME", [("ok", 60, 20)] * 3 + [("first", "", "")] + [("ok", 60, 20)] * 2),
        ("TOOMUCH", "USEACT_VMDTTIME", [("ok", 60, 20)] * 3 + [("first", "", "")] + [("ok", 60, 20)] * 2)):
    show = (lambda v: "%.6f" % v if v != "" else "")
    expect([r for r in users if r["USEACT_VMDUSER"] == name],
           [{"QUALITY": q, "DURATION": show(d), column: show(v) if column == "USEACT_VMDTTIME" else v}
            for q, d, v in [("first", "", "")] + rows], name)
for cpu, first in (("0", (1,)), ("1", (1, 3))):
    check([r for r in cpus if r["SYTPRP_PFXCPUAD"] == cpu], "SYTPRP_PFXRUNCP", 100, first, "CPU " + cpu)
expect(table("out", "VMXXDV00"), [{"QUALITY": q} for q in ["first", "ok", "ok", "ok", "ok", "first"]], "device")
PYTHON
