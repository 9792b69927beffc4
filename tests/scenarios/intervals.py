# SPDX-License-Identifier: Apache-2.0
"""How long intervals are: a MONITOR command anywhere in its sample, a collector with a pace of its own, event data only."""
from mkmon import MonFile, at, record, rdw
from scenes import add_configuration, clock, configuration, processor
from story import compare, reduce, same, told as end_of_scenario


def end(second, letters=None, micros=900):
    data = bytearray(record(1, 11, at(second, micros)))
    if letters:
        data[16:18] = letters.encode("cp037")
    return bytes(data)


def command(second, text, issued=None, stale=""):
    raw = (text + stale).encode("cp037")
    return record(1, 10, at(second), 32 + len(raw), MTRSCM_CALTOD=at(issued or second), MTRSCM_CALBYCT=len(text),
                  MTRSCM_CALCMD=raw)


def file(times, commands=(), interval=60, where=0):
    """Samples of three processors at these times; commands: {time: record} that stand before that record of the sample."""
    f = MonFile()
    add_configuration(f, interval=interval, cpus=3)
    for t in times:
        records = [processor(t, cpu, cpu, SYTPRP_PFXRUNCP=t) for cpu in range(3)] + [end(t)]
        if t in dict(commands):
            records.insert(where, dict(commands)[t])
        f.add("S", records)
    return f.end()


def lengths(times, gaps=()):
    return [{"QUALITY": "first" if t == times[0] else "gap" if t in gaps else "ok", "SYTPRP_PFXCPUAD": cpu,
             "DURATION": None if t == times[0] else "%d.000000" % (t - before)}
            for before, t in zip([0] + list(times), times) for cpu in range(3)]


def look(what, f, times, gaps=(), forms=("native", "rdw", "bare", "monreader")):
    for form in forms:
        f.write("x.mon", form)
        out = reduce("x.mon", code=4 if gaps else 0)
        compare("%s, %s" % (what, form), out.rows("VMXSP002"), lengths(times, gaps))


LONGER = [60, 120, 180, 480, 780, 1080, 1140, 1200]
for where in range(4):
    for text in ("MONITOR SAMPLE INTERVAL 5 MIN", "MON SAMP INT 5", "MON SAMP INT 300 SEC"):
        for second in (480, 190):  # it has the time of its sample, or of the command
            f = file(LONGER, {480: command(second if where == 0 else 480, text, 190),
                              1140: command(1140, "MONITOR SAMPLE INTERVAL 60 SEC", 1085)}, where=where)
            look("longer, '%s' at place %d" % (text, where), f, LONGER, forms=("native", "bare"))

# Shorter: the sample that tells it is still as long as those before it, or it is short at once.
for times in ([300, 600, 900, 960, 1020, 1080], [300, 600, 660, 720, 780]):
    for where in range(4):
        told = 900 if 900 in times else 660
        f = file(times, {told: command(told, "MONITOR SAMPLE INTERVAL 1 MINUTE", told - 10)}, interval=300, where=where)
        look("shorter at %d, place %d" % (told, where), f, times, forms=("native", "bare"))
        f = file(times + [times[-1] + 180, times[-1] + 240], interval=300, where=where,
                 commands={told: command(told, "MONITOR SAMPLE INTERVAL 1 MINUTE", told - 10)})
        look("shorter, then a hole", f, times + [times[-1] + 180, times[-1] + 240], gaps=(times[-1] + 180,), forms=("native",))

# Other commands explain nothing: one sample is missing.
HOLE = [60, 120, 180, 300, 360]
for text, stale in (("MONITOR SAMPLE ENABLE STORAGE", ""), ("MONITOR SAMPLE SUBINTERVAL 2 MIN", ""),
                    ("MONITOR SAMPLE SUBINT 120 SEC", ""), ("MONITOR SAMPLE RATE 2 SEC", ""),
                    ("MONITOR SAMPLE ENABLE USER USERID INT 2", ""), ("MONITOR SAMPLE RATE 2 SEC", " INTERVAL 2 MIN")):
    for where in (0, 1, 3):
        f = file(HOLE, {300: command(300, text, stale=stale)}, where=where)
        look("'%s%s' at place %d" % (text, stale, where), f, HOLE, gaps=(300,), forms=("native", "bare"))

# A collector that takes longer intervals than 1/9 says; the first one may be a part of one.
for times in ([120, 420, 720, 1020], [300, 600, 900], [90, 390, 690], [240, 540, 840, 1140], [120, 240, 360]):
    look("collector %s" % times, file(times), times)
for times, gaps in (([60, 120, 240, 300], (240,)), ([120, 420, 720, 1320, 1620], (1320,)), ([60, 120, 180, 780, 840], (780,)),
                    ([300, 600, 1200, 1500], (1200,))):
    look("hole %s" % times, file(times), times, gaps)

# Event data only, in the stripped form: no 1/11 ends a sample, whether its letters tell so or not.
for letters in (None, "EP"):
    event, config = configuration(cpus=1)
    records = event + config
    for n in range(1, 6):
        records += [record(5, 6, at(60 * n - 20), PRCCFN_PFXCPUAD=n), end(60 * n, letters)]
    for name, data in (("bare", b"".join(records)), ("rdw", rdw(records))):
        with open("x.mon", "wb") as f:
            f.write(data)
        out = reduce("x.mon", code=0)
        same("event data only, %s, %s" % (letters, name), (out.system("TESTVM")["intervals"]["seen"],
             [(r["ENDTS"], r["VMCINTTS"]) for r in out.rows("VMXPCF00", RECORD="5/6")]),
             (0, [(clock(60 * n - 20), clock(0, 4)) for n in range(1, 6)]))

# Events and samples in one stripped stream, the 1/11 of the events in front of the samples or behind them.
for letters in (None, "yes"):
    for order in ("events first", "samples first", "no end of events"):
        event, config = configuration(cpus=1)
        records, starts = event + config, [clock(0, 4)]
        for n in range(1, 5):
            t = 60 * n
            some = [record(5, 6, at(t - 20 if order != "samples first" else t + 1), PRCCFN_PFXCPUAD=n)]
            if order != "no end of events":
                some.append(end(t, letters and "EP", micros=100 if order == "events first" else 1000001))
            sampled = [processor(t, 0, 200, SYTPRP_PFXRUNCP=t), end(t, letters and "SP")]
            records += sampled + some if order == "samples first" else some + sampled
            starts.append(clock(t, 900))
        with open("x.mon", "wb") as f:
            f.write(b"".join(records))
        out = reduce("x.mon", code=0)
        same("stripped, %s, letters: %s" % (order, letters),
             (out.system("TESTVM")["intervals"]["seen"], [(r["QUALITY"], r["VMCINTTS"]) for r in out.rows("VMXSP002")]),
             (4, list(zip(["first", "ok", "ok", "ok"], starts))))

# The 1/11 of the configuration set is lost: its row goes when the first sample begins, and knows no interval.
for form in ("native", "bare"):
    for skip, code, quality in (((), 0, "ok"), ((9,), 4, "partial")):
        f = MonFile()
        event, config = configuration(cpus=2, skip=skip)
        f.add("E", event)
        f.add("S", config[:-1])
        for t in (60, 120):
            f.add("S", [processor(t, 0, SYTPRP_PFXRUNCP=t), end(t)])
        f.end().write("x.mon", form)
        out = reduce("x.mon", code=code)
        what = "lost end of configuration, %s, without %s" % (form, skip)
        compare(what, out.rows("VMXSCF00"), [{"VMCINTTS": None, "ENDTS": clock(0, 2 if skip else 3), "QUALITY": quality}])
        compare(what, out.rows("VMXSP002"), [{"VMCINTTS": None, "QUALITY": "first"},
                                             {"VMCINTTS": clock(60, 900), "QUALITY": "ok"}])
        same(what, out.message("MRD0301W"), 1 if skip else 0)

# So it is where events and their own end come before that sample: their letters say that no interval begins there.
event, config = configuration(cpus=1)
records = event + config[:-1] + [record(5, 6, at(40), PRCCFN_PFXCPUAD=1), end(60, "EP", micros=100)]
for t in (60, 120):
    records += [processor(t, 0, 200, SYTPRP_PFXRUNCP=t), end(t, "SP")]
for form, data in (("bare", b"".join(records)), ("rdw", rdw(records))):
    with open("x.mon", "wb") as f:
        f.write(data)
    out = reduce("x.mon", code=0)
    compare("lost end of configuration, events first, " + form, out.rows("VMXSCF00"),
            [{"VMCINTTS": None, "ENDTS": clock(0, 3), "QUALITY": "ok"}])
    compare("lost end of configuration, events first, " + form, out.rows("VMXSP002"),
            [{"VMCINTTS": None, "QUALITY": "first"}, {"VMCINTTS": clock(60, 900), "QUALITY": "ok"}])
end_of_scenario()
print("intervals are as long as they are")
