# SPDX-License-Identifier: Apache-2.0
"""Events of the monitor itself and of users: commands, suspensions, flagged ends, transactions, logoff."""
from mkmon import MonFile, at, record, timer
from scenes import add_configuration, clock, processor, sample
from story import compare, reduce, row, same, told, user


def command(number, second, words, told_length=None):
    raw = words.encode("cp037")
    head = {2: 24, 10: 32}[number]
    name = {2: "MTRECM", 10: "MTRSCM"}[number]
    values = {name + "_CALBYCT": len(raw) if told_length is None else told_length, name + "_CALCMD": words}
    if number == 10:
        values["MTRSCM_CALTOD"] = at(second, -1000)
    return record(1, number, at(second), head + len(raw), **values)


def suspend(second):
    return record(1, 12, at(second))


def resume(second, lost):
    return record(1, 3, at(second), MTRSUS_LOSTRCCT=lost)


def flagged(second, letters):
    """A 1/11 with two letters behind its time stamp."""
    raw = bytearray(record(1, 11, at(second)))
    raw[16:18] = letters
    return bytes(raw)


f = MonFile()
f.add("E", [resume(-5, 3)])  # the suspension began before the file
add_configuration(f)
f.add("E", [command(2, 10, "MONITOR EVENT ENABLE I/O ALL"), command(2, 12, "MONITOR EVENT DISABLE SEEKS",
        told_length=999),
            suspend(20)])
f.add("E", [resume(40, 1234), record(1, 11, at(41))])
sample(f, 60, [processor(60, 0)])
f.add("E", [suspend(70)])   # lost in a second suspension before its end was told
f.add("E", [suspend(80)])
f.add("E", [resume(90, 5), flagged(95, "EP".encode("cp037"))])
f.add("S", [command(10, 100, "MONITOR SAMPLE ENABLE STORAGE"), processor(120, 0), flagged(120, "SP".encode("cp037"))])
f.add("S", [processor(180, 0), flagged(180, "XY".encode("cp037"))])
f.add("E", [resume(190, 7), suspend(200)])
f.end().write("x.mon")
out = reduce("x.mon", code=4)
V = "VMXVXC00"
same("columns", sorted(set(out.rows(V)[0]) & {"SUSPENDTS", "RECORD", "MTRSUS_LOSTRCCT"}),
     ["MTRSUS_LOSTRCCT", "RECORD", "SUSPENDTS"])
compare("monitor control", out.rows(V), [
    row("partial", None, RECORD="1/3", ENDTS="2024-03-15 08:59:55.000000", SUSPENDTS=None, MTRSUS_LOSTRCCT=3),
    row("ok", None, RECORD="1/2", ENDTS=clock(10), MTRECM_CALCMD="MONITOR EVENT ENABLE I/O ALL", MTRECM_CALBYCT=28),
    row("ok", None, RECORD="1/2", ENDTS=clock(12), MTRECM_CALCMD="MONITOR EVENT DISABLE SEEKS", MTRECM_CALBYCT=999),
    row("ok", None, RECORD="1/3", ENDTS=clock(40), SUSPENDTS=clock(20), MTRSUS_LOSTRCCT=1234),
    row("partial", None, RECORD="1/12", ENDTS=clock(70), SUSPENDTS=clock(70), MTRSUS_LOSTRCCT=None),
    row("ok", None, RECORD="1/3", ENDTS=clock(90), SUSPENDTS=clock(80), MTRSUS_LOSTRCCT=5),
    row("ok", None, RECORD="1/11", ENDTS=clock(95)),
    row("ok", None, RECORD="1/10", ENDTS=clock(100), MTRSCM_CALTOD=clock(99, 999000),
        MTRSCM_CALCMD="MONITOR SAMPLE ENABLE STORAGE"),
    row("ok", None, RECORD="1/11", ENDTS=clock(120)),
    row("partial", None, RECORD="1/3", ENDTS=clock(190), SUSPENDTS=None, MTRSUS_LOSTRCCT=7),
    row("partial", None, RECORD="1/12", ENDTS=clock(200), SUSPENDTS=clock(200), MTRSUS_LOSTRCCT=None)])
same("letters", [r[c] for r in out.rows(V, RECORD="1/11") for c in r if r[c] in ("EP", "SP")], ["EP", "SP"])
s = out.system("TESTVM")
same("suspensions", (s["suspends"], s["lost_event_records"], out.message("MRD0303W"), out.message("MRD0304W")),
     (6, 3 + 1234 + 5 + 7, 4, 1))


# Transactions: 4/8 waits for the 4/10 of the same user and processor.
def ended(second, name, cpu=0, trivial="NO"):
    return record(4, 8, at(second), USETRE_VMDUSER=name, USETRE_VMDCPUAD=cpu, USETRE_CALTRIV=trivial,
                  USETRE_VMDMTTOD=at(second - 2))


def states(second, name, cpu=0, running=0):
    return record(4, 10, at(second), USEITE_VMDUSER=name, USEITE_VMDCPUAD=cpu, USEITE_HFCPURN=running)


f = MonFile()
add_configuration(f)
f.add("E", [ended(10, "A", trivial="YE"), ended(10, "A", 1), ended(11, "B"), states(12, "A", 1, 71),
            states(13, "A", 0, 70),
            states(14, "C", 0, 72),       # its 4/8 was lost
            ended(20, "B"),               # the 4/10 of the first was lost
            states(21, "B", 0, 73), ended(30, "D"), record(1, 11, at(31))])
sample(f, 60, [processor(60, 0)])
f.add("E", [states(70, "D", 0, 74)])      # in the next interval
f.add("E", [ended(80, "LAST")])
f.end().write("y.mon")
out = reduce("y.mon")
compare("transactions", out.rows("VMX_VT00"), [
    row("ok", None, ENDTS=clock(12), USETRE_VMDUSER="A", USETRE_VMDCPUAD=1, USETRE_CALTRIV="NO", USEITE_HFCPURN=71,
        USEITE_VMDUSER="A", USETRE_VMDMTTOD=clock(8)),
    row("ok", None, ENDTS=clock(13), USETRE_VMDUSER="A", USETRE_VMDCPUAD=0, USETRE_CALTRIV="YE", USEITE_HFCPURN=70),
    row("partial", None, ENDTS=clock(14), USETRE_VMDUSER=None, USETRE_CALTRIV=None, USEITE_VMDUSER="C",
        USEITE_HFCPURN=72),
    row("partial", None, ENDTS=clock(11), USETRE_VMDUSER="B", USEITE_HFCPURN=None),
    row("ok", None, ENDTS=clock(21), USETRE_VMDUSER="B", USETRE_VMDMTTOD=clock(18), USEITE_HFCPURN=73),
    row("ok", None, ENDTS=clock(70), USETRE_VMDUSER="D", USEITE_HFCPURN=74),
    row("partial", None, ENDTS=clock(80), USETRE_VMDUSER="LAST", USEITE_VMDUSER=None, USEITE_HFCPURN=None)])


# Logoff of a virtual machine with two processors; without a sample before it; with counters below it; twice.
def logoff(second, name, cpu=0, seconds=0.0, pages=0, **values):
    return record(4, 2, at(second), USELOF_VMDUSER=name, USELOF_VMDCPUAD=cpu,
                  USELOF_VMDTTIME=timer(0, round(seconds * 1e6)),
                  USELOF_VMDVTIME=timer(0, round(seconds * 5e5)), USELOF_CALCPPGR=pages, USELOF_VMDWSSPR=4711, **values)


f = MonFile()
add_configuration(f)
for n in (1, 2):
    sample(f, 60 * n, [user(60 * n, name, cpu, USEACT_VMDTTIME=timer(10 * n + cpu), USEACT_VMDVTIME=timer(5 * n),
                            USEACT_CALCPPGR=100 * n + cpu) for name, cpu in (("SMP", 0), ("SMP", 1), ("LESS", 0))])
f.add("E", [logoff(135, "SMP", 0, 23.5, 250), logoff(135, "SMP", 1, 30.25, 299), logoff(140, "SHORT", 0, 1, 5),
            logoff(150, "LESS", 0, 12.0, 500), logoff(160, "SMP", 0, 40.0, 600)])
f.end().write("z.mon")
out = reduce("z.mon")
compare("logoff", out.rows("VMXVXULF"), [
    row("ok", 15, USELOF_VMDUSER="SMP", USELOF_VMDCPUAD=0, USELOF_VMDTTIME="3.500000", USELOF_VMDVTIME="1.750000",
        USELOF_CALCPPGR=50, USELOF_VMDWSSPR=4711, CPU_PCT=100 * 3.5 / 15, TV_RATIO=2.0, PAGE_READ_PER_S=50 / 15,
        USELOF_VMDTHRCT=None),
    row("ok", 15, USELOF_VMDUSER="SMP", USELOF_VMDCPUAD=1, USELOF_VMDTTIME="9.250000", USELOF_CALCPPGR=98,
        CPU_PCT=100 * 9.25 / 15),
    row("first", None, USELOF_VMDUSER="SHORT", USELOF_VMDTTIME=None, USELOF_CALCPPGR=None, CPU_PCT=None,
        USELOF_VMDWSSPR=4711),
    row("reset", None, USELOF_VMDUSER="LESS", USELOF_VMDTTIME=None, USELOF_CALCPPGR=None),
    row("first", None, USELOF_VMDUSER="SMP", USELOF_VMDTTIME=None)])

# Sessions told apart by their logon (all began at -3600 s): AGAIN is off, on and off between two samples; NEVER was not
# sampled; OLD was not either, but is older than the sample before; TOOMUCH used more than the time since its logon;
# LATE is told to be off behind the first sample of its next session; LEVEL has a lower count that may be no counter.
f = MonFile()
add_configuration(f)
for n in (1, 2):
    sample(f, 60 * n, [user(60 * n, name, USEACT_VMDTTIME=timer(10 * n), USEACT_VMDVTIME=timer(5 * n),
                            USEACT_CALCPPGR=100 * n) for name in ("AGAIN", "LATE", "LEVEL")])
f.add("E", [logoff(130, "AGAIN", 0, 25, 260, USELOF_CALTODON=at(-3600)),
            logoff(150, "AGAIN", 0, 8, 30, USELOF_CALTODON=at(134)),
            logoff(155, "NEVER", 0, 6, 40, USELOF_CALTODON=at(125)),
            logoff(156, "OLD", 0, 6, 40, USELOF_CALTODON=at(119)),
            logoff(157, "TOOMUCH", 0, 40, 40, USELOF_CALTODON=at(127)),
            logoff(160, "LEVEL", 0, 50, 150, USELOF_CALTODON=at(-3600))])
sample(f, 180, [user(180, "LATE", logon=150, USEACT_VMDTTIME=timer(3), USEACT_CALCPPGR=9)])
f.add("E", [logoff(140, "LATE", 0, 26, 290, USELOF_CALTODON=at(-3600))])
f.end().write("w.mon")
sessions = reduce("w.mon")
for name, rows in (("AGAIN", [("ok", 10, "5.000000", 60), ("begun", 16, "8.000000", 30)]),
                   ("NEVER", [("begun", 30, "6.000000", 40)]), ("OLD", [("first", None, None, None)]),
                   ("TOOMUCH", [("first", None, None, None)]), ("LATE", [("ok", 20, "6.000000", 90)]),
                   ("LEVEL", [("ok", 40, "30.000000", None)])):
    compare("logoff of " + name, sessions.rows("VMXVXULF", USELOF_VMDUSER=name), [
        row(q, d, USELOF_VMDTTIME=t, USELOF_CALCPPGR=p) for q, d, t, p in rows])
compare("the next session", sessions.rows("VMXVXU00", USEACT_VMDUSER="LATE")[2:], [
    row("begun", 30, USEACT_VMDTTIME="3.000000", USEACT_CALCPPGR=9)])
same("falls are told", (sessions.message("MRD0350I"), sessions.message("MRD0351I")), (0, 1))

compare("logoff as recorded", out.rows("VMXVXF00", RECORD="4/2"), [
    {"USELOF_VMDTTIME": "23.500000", "USELOF_CALCPPGR": 250, "DURATION": None, "QUALITY": "ok"},
    {"USELOF_VMDTTIME": "30.250000"}, {"USELOF_VMDTTIME": "1.000000"}, {}, {"USELOF_VMDTTIME": "40.000000"}])
told()
