# SPDX-License-Identifier: Apache-2.0
"""Users come and go: a new session is told by 4/2 and 4/1, by a changed logon time, and its counters begin anew."""
from mkmon import MonFile, at, record, timer
from scenes import add_configuration, sample
from story import compare, reduce, row, same, told, user


def logon(second, name):
    return record(4, 1, at(second), USELON_VMDUSER=name, USELON_CALTODON=at(second))


def logoff(second, name, cpu=0, **values):
    return record(4, 2, at(second), USELOF_VMDUSER=name, USELOF_VMDCPUAD=cpu, **values)


def event(f, second, *records):
    f.add("E", list(records) + [record(1, 11, at(second))])


# CPU seconds and pages read of four users at each minute; None: the user is not there.
CPU = {
    "STAYS":  [10, 16, 23, 24, 40],
    "EVENTS": [10, 25, 40, 47,
               60],     # off at 150 s, on at 170 s; counters of the new session are higher than before
    "LOST":   [5, 8, 30, 33, 34],       # the same, but the event records were lost: only the logon time tells
    "LONG":   [7, None, None, 90, 95],  # off at 70 s, on at 200 s
    "OLD":    [3, 4, 9, 10, 12],        # records too short for a logon time: only the events tell (150 s and 170 s)
}
LOGON = {"STAYS": [-3600] * 5, "EVENTS": [-3600, -3600, 170, 170, 170], "LOST": [-3600, -3600, 165, 165, 165],
         "LONG": [-3600, None, None, 200, 200], "OLD": [0] * 5}

f = MonFile()
add_configuration(f)
for n in range(5):
    second = 60 * (n + 1)
    if n == 1:
        event(f, 70, logoff(70, "LONG", USELOF_VMDTTIME=timer(7, 500000), USELOF_CALCPPGR=777))
    if n == 2:
        event(f, 175, logoff(150, "EVENTS", USELOF_VMDTTIME=timer(31), USELOF_CALCPPGR=2900),
              logoff(150, "OLD", USELOF_VMDTTIME=timer(5), USELOF_CALCPPGR=400), logon(170, "EVENTS"),
              logon(170, "OLD"))
    if n == 3:
        event(f, 201, logon(200, "LONG"))
    sample(f, second, [user(second, name, logon=LOGON[name][n], length=248 if name == "OLD" else None,
                            USEACT_VMDTTIME=timer(cpu[n]), USEACT_CALCPPGR=100 * cpu[n])
                       for name, cpu in CPU.items() if cpu[n] is not None])
f.end().write("x.mon")
out = reduce("x.mon")

BEGINS = {"STAYS": [0], "EVENTS": [0, 2], "LOST": [0, 2], "LONG": [0, 3], "OLD": [0, 2]}
for name, cpu in CPU.items():
    wanted = []
    for n in range(5):
        if cpu[n] is None:
            continue
        new = n in BEGINS[name]
        wanted.append(row("first") if new else row("ok", 60))
        wanted[-1]["USEACT_VMDTTIME"] = None if new else "%d.000000" % (cpu[n] - cpu[n - 1])
        wanted[-1]["USEACT_CALCPPGR"] = None if new else 100 * (cpu[n] - cpu[n - 1])
    compare("user " + name, out.rows("VMXVXU00", USEACT_VMDUSER=name), wanted)

# What a session used after its last sample: the counters of 4/2 less those of the last 4/3.
compare("logoff", out.rows("VMXVXULF"), [
    row("ok", 10, USELOF_VMDUSER="LONG", USELOF_VMDTTIME="0.500000", USELOF_CALCPPGR=77),
    row("ok", 30, USELOF_VMDUSER="EVENTS", USELOF_VMDTTIME="6.000000", USELOF_CALCPPGR=2900 - 2500),
    row("ok", 30, USELOF_VMDUSER="OLD", USELOF_VMDTTIME="1.000000")])
compare("user configuration", out.rows("VMXVXF00"), [
    {"RECORD": "4/2", "USELOF_VMDUSER": "LONG", "QUALITY": "ok", "DURATION": None, "USELOF_CALCPPGR": 777},
    {"RECORD": "4/2", "USELOF_VMDUSER": "EVENTS", "USELON_VMDUSER": None},
    {"RECORD": "4/2", "USELOF_VMDUSER": "OLD"},
    {"RECORD": "4/1", "USELON_VMDUSER": "EVENTS", "USELON_CALTODON": "2024-03-15 09:02:50.000000"},
    {"RECORD": "4/1", "USELON_VMDUSER": "OLD"},
    {"RECORD": "4/1", "USELON_VMDUSER": "LONG"}])

# One user with two virtual processors, 1 detached and defined again.
f = MonFile()
add_configuration(f)
ZERO, ONE = [100, 130, 170, 250, 260], [50, None, 80, 95, 200]
for n in range(5):
    second = 60 * (n + 1)
    if n == 1:
        event(f, 90, record(4, 6, at(90), USEDTC_VMDUSER="SMP", USEDTC_VMDCPUAD=1))
    if n == 2:
        event(f, 150, record(4, 5, at(150), USEDFC_VMDUSER="SMP", USEDFC_VMDCPUAD=1))
    if n == 4:  # both within one interval
        event(f, 280, record(4, 6, at(270), USEDTC_VMDUSER="SMP", USEDTC_VMDCPUAD=1),
              record(4, 5, at(275), USEDFC_VMDUSER="SMP", USEDFC_VMDCPUAD=1))
    sample(f, second, [user(second, "SMP", cpu, USEACT_VMDVDSCT=count[n])
                       for cpu, count in ((0, ZERO), (1, ONE)) if count[n] is not None])
f.end().write("y.mon")
out = reduce("y.mon")
compare("processor 0", out.rows("VMXVXU00", USEACT_VMDCPUAD=0),
        [row("first", USEACT_VMDVDSCT=None)] + [row("ok", 60, USEACT_VMDVDSCT=ZERO[n] - ZERO[n - 1])
                                                for n in range(1, 5)])
compare("processor 1", out.rows("VMXVXU00", USEACT_VMDCPUAD=1),
        [row("first", USEACT_VMDVDSCT=None), row("first", USEACT_VMDVDSCT=None),
         row("ok", 60, USEACT_VMDVDSCT=95 - 80),
         row("first", USEACT_VMDVDSCT=None)])
same("detached and defined", [one["RECORD"] for one in out.rows("VMXVXF00")], ["4/6", "4/5", "4/6", "4/5"])
told()
