# SPDX-License-Identifier: Apache-2.0
"""Holes in the stream, IPL, reconnection, changed intervals: what is a difference and over which time."""
from mkmon import MonFile, at, record, rdw, timer
from scenes import add_configuration, clock, processor, sample
from story import compare, reduce, row, same, told, user


def entries(second, count, cpu=0):
    return processor(second, cpu, SYTPRP_PFXRUNCP=count)


def plain(name, minutes, code=0, **how):
    """One processor with 10 entries a second; samples at these minutes."""
    f = MonFile()
    add_configuration(f, **how)
    for minute in minutes:
        sample(f, round(60 * minute), [entries(round(60 * minute), round(600 * minute))])
    f.end().write(name)
    return reduce(name, code=code)


def lengths(times, gaps=()):
    """The rows that 10 entries a second give at these minutes."""
    rows = [row("first", SYTPRP_PFXRUNCP=None)]
    for n in range(1, len(times)):
        seconds = round(60 * (times[n] - times[n - 1]))
        rows.append(row("gap" if times[n] in gaps else "ok", seconds, SYTPRP_PFXRUNCP=10 * seconds))
    return rows


# Three intervals are missing, then one.
MINUTES = [1, 2, 6, 7, 9]
out = plain("gaps.mon", MINUTES, code=4)
compare("gaps", out.rows("VMXSP002"), lengths(MINUTES, gaps=(6, 9)))
same("gap list", [(g["from"], g["to"], g["intervals"]) for g in out.system("TESTVM")["gap_list"]],
     [(clock(120, 900), clock(360), 3), (clock(420, 900), clock(540), 1)])
same("intervals", out.system("TESTVM")["intervals"], {"expected": 9, "seen": 5, "missing": 4})
same("gap message", out.message("MRD0302W"), 2)

# A sample that comes 25 seconds late, and the next one in time again, is no hole.
MINUTES = [1, 2, 2 + 85 / 60, 4, 5]
compare("a late sample", plain("late.mon", MINUTES).rows("VMXSP002"), lengths(MINUTES))

# A collector that writes every third of the monitor's samples (1/9 says a minute): three minutes are the interval.
MINUTES = [3, 6, 9, 15, 18]
out = plain("zwrite.mon", MINUTES, code=4)
compare("longer intervals", out.rows("VMXSP002"), lengths(MINUTES, gaps=(15,)))
same("longer intervals: missing", out.system("TESTVM")["intervals"], {"expected": 6, "seen": 5, "missing": 1})

# Intervals of 20 seconds although 1/9 says a minute: the hole of 60 seconds is seen.
MINUTES = [20 / 60, 40 / 60, 1, 2, 140 / 60]
compare("shorter intervals", plain("short.mon", MINUTES, code=4).rows("VMXSP002"), lengths(MINUTES, gaps=(2,)))

# The record that changed the interval was lost: two differences too many are called gaps, then it is known.
MINUTES = [1, 2, 3, 8, 13, 18, 23]
compare("interval changed unseen", plain("unseen.mon", MINUTES, code=4).rows("VMXSP002"),
        lengths(MINUTES, gaps=(8, 13)))

# An entity is not there for two intervals, the stream has no hole: its difference is a gap, no interval is missing.
f = MonFile()
add_configuration(f)
for n in range(1, 7):
    sample(f, 60 * n, [entries(60 * n, 100 * n)] + ([entries(60 * n, 30 * n, 1)] if n not in (3, 4) else []))
f.end().write("absent.mon")
out = reduce("absent.mon")
compare("the one that stays", out.rows("VMXSP002", SYTPRP_PFXCPUAD=0),
        [row("first")] + [row("ok", 60, SYTPRP_PFXRUNCP=100)] * 5)
compare("the one that was away", out.rows("VMXSP002", SYTPRP_PFXCPUAD=1),
        [row("first"), row("ok", 60, SYTPRP_PFXRUNCP=30), row("gap", 180, SYTPRP_PFXRUNCP=90),
         row("ok", 60, SYTPRP_PFXRUNCP=30)])
same("nothing is missing", out.system("TESTVM")["intervals"]["missing"], 0)

# Away, and back with lower counters: a new beginning, not a gap.  (A field that may be no counter only blanks itself.)
f = MonFile()
add_configuration(f)
for n in range(1, 5):
    sample(f, 60 * n, [entries(60 * n, 100 * n)] + ([user(60 * n, "AWAY", USEACT_CALCPPGR=(500, 0, 600, 610)[n - 1],
                                                          USEACT_VMDTTIME=timer((50, 0, 30, 31)[n - 1])),
                                                     user(60 * n, "LEVEL", USEACT_CALCPPGR=(500, 0, 300, 310)[n - 1],
                                                          USEACT_VMDTTIME=timer(20 * n))]
                                                     if n != 2 else []))
f.end().write("lower.mon")
out = reduce("lower.mon")
compare("away and lower", out.rows("VMXVXU00", USEACT_VMDUSER="AWAY"),
        [row("first"), row("reset", USEACT_CALCPPGR=None, USEACT_VMDTTIME=None),
         row("ok", 60, USEACT_CALCPPGR=10, USEACT_VMDTTIME="1.000000")])
compare("away and a lower level", out.rows("VMXVXU00", USEACT_VMDUSER="LEVEL"),
        [row("first"), row("gap", 120, USEACT_CALCPPGR=None, USEACT_VMDTTIME="40.000000"),
         row("ok", 60, USEACT_CALCPPGR=10, USEACT_VMDTTIME="20.000000")])
same("falls are told", (out.message("MRD0350I"), out.message("MRD0351I")), (1, 1))


# MONITOR SAMPLE INTERVAL while it runs: longer intervals are no gaps, and after it is short again holes are seen.
def command(second, text):
    raw = text.encode("cp037")
    return record(1, 10, at(second), 32 + len(raw), MTRSCM_CALTOD=at(second), MTRSCM_CALBYCT=len(raw),
                  MTRSCM_CALCMD=text)


TIMES = [60, 120, 420, 720, 780, 840, 1020, 1080]
f = MonFile()
add_configuration(f)
for second in TIMES:
    if second == 420:
        f.add("S", [command(125, "MONITOR SAMPLE INTERVAL 5 MIN")])
    if second == 780:
        f.add("S", [command(725, "MONITOR SAMPLE INTERVAL 60 SECONDS")])
    sample(f, second, [entries(second, 10 * second)])
f.end().write("interval.mon")
out = reduce("interval.mon", code=4)
compare("interval changed by command", out.rows("VMXSP002"), lengths([second / 60 for second in TIMES], gaps=(17,)))
same("changes", out.message("MRD0311I"), 2)
same("missing", out.system("TESTVM")["intervals"], {"expected": 10, "seen": 8, "missing": 2})

# Disconnected and connected again, same IPL: differences go on; the hole between is a gap.
f = MonFile()
add_configuration(f)
for second in (60, 120):
    sample(f, second, [entries(second, 10 * second)])
add_configuration(f, second=430)
for second in (480, 540):
    sample(f, second, [entries(second, 10 * second)])
add_configuration(f, second=570)
sample(f, 600, [entries(600, 6000)])
f.end().write("reconnect.mon")
out = reduce("reconnect.mon", code=4)
compare("reconnection", out.rows("VMXSP002"), lengths([1, 2, 8, 9, 10], gaps=(8,)))
s = out.system("TESTVM")
same("reconnection is told", (s["reconnects"], s["restarts"], s["intervals"]["missing"], out.message("MRD0307I")),
     (2, 0, 5, 2))
same("starts", [(r["ENDTS"], r["QUALITY"]) for r in out.rows("VMXSCF00")],
     [(clock(0, 3), "ok"), (clock(430, 3), "ok"), (clock(570, 3), "ok")])
same("begin of the sample interval", [r["VMCINTTS"] for r in out.rows("VMXSP002")],
     [clock(0, 4), clock(60, 900), clock(430, 4), clock(480, 900), clock(570, 4)])

# IPL: counters that are higher than before are no differences all the same.
f = MonFile()
add_configuration(f)
for second in (60, 120):
    sample(f, second, [entries(second, 10 * second), user(second, "U1", USEACT_CALCPPGR=second)])
add_configuration(f, second=400, ipl=300)
for second in (460, 520):
    sample(f, second, [entries(second, 1000 * second), user(second, "U1", USEACT_CALCPPGR=second)])
f.end().write("ipl.mon")
out = reduce("ipl.mon")  # while the system was down no interval was missed
compare("IPL", out.rows("VMXSP002"), [row("first"), row("ok", 60, SYTPRP_PFXRUNCP=600),
                                      row("first", SYTPRP_PFXRUNCP=None), row("ok", 60, SYTPRP_PFXRUNCP=60000)])
compare("IPL and users", out.rows("VMXVXU00"), [row("first"), row("ok", 60), row("first", USEACT_CALCPPGR=None),
                                                row("ok", 60)])
same("IPL is told", (out.system("TESTVM")["restarts"], out.system("TESTVM")["reconnects"], out.message("MRD0306I")),
     (1, 0, 1))

# The same stream without control records (no letters): nothing changes.
records = MonFile()
add_configuration(records)
for second in (60, 120, 300):
    sample(records, second, [entries(second, 10 * second)])
with open("stripped.rdw", "wb") as out_file:
    out_file.write(rdw(records.records()))
out = reduce("stripped.rdw", code=4)
compare("stripped", out.rows("VMXSP002"), lengths([1, 2, 5], gaps=(5,)))
told()
