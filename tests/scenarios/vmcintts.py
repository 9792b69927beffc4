# SPDX-License-Identifier: Apache-2.0
"""VMCINTTS: the 1/11 of the configuration, then that which ended the sample before; with letters and without."""
from mkmon import MonFile, at, rdw, record
from scenes import add_configuration, clock, configuration, processor
from story import compare, reduce, same, told


def end(second, micros=0):
    return record(1, 11, at(second, micros))


def sample(second):
    return [processor(second, cpu, cpu, SYTPRP_PFXRUNCP=second) for cpu in (0, 1)] + [end(second, 500)]


def event(second):
    return record(5, 6, at(second), PRCCFN_PFXCPUAD=1)


def starts(out, name="VMXSP002"):
    return [(r["ENDTS"], r["VMCINTTS"]) for r in out.rows(name)]


def wanted(seconds, first):
    """Two processors a sample; each sample begins where the one before ended."""
    begins = [first] + [clock(second, 500) for second in seconds]
    return [(clock(second, cpu), begins[n]) for n, second in enumerate(seconds) for cpu in (0, 1)]


SECONDS = [60, 120, 180]

# Native: events between the samples end with a 1/11 of their own, and its letter keeps it apart.  One interval has no
# events, one has events without a 1/11.
f = MonFile()
add_configuration(f)
f.add("E", [event(10), event(20), end(60, 100)]).add("S", sample(60))
f.add("S", sample(120))
f.add("E", [event(130)]).add("S", sample(180))
f.add("E", [event(200), end(240)])
f.end().write("native.mon")
out = reduce("native.mon")
same("native", starts(out), wanted(SECONDS, clock(0, 4)))
same("events", [(r["ENDTS"], r["VMCINTTS"]) for r in out.rows("VMXPCF00", RECORD="5/6")],
     [(clock(10), clock(0, 4)), (clock(20), clock(0, 4)), (clock(130), clock(120, 500)),
      (clock(200), clock(180, 500))])
same("configuration", {r["VMCINTTS"] for r in out.rows("VMXPCF00", RECORD="1/5")}, {""})

# Stripped: the 1/11 of event data is told by the order, before the first record of domain 0.
event_part, sample_part = configuration()
records = event_part + sample_part
for second in SECONDS:
    records += [event(second - 30), end(second, 50)] + sample(second)
with open("stripped.rdw", "wb") as f:
    f.write(rdw(records))
out = reduce("stripped.rdw")
same("stripped", starts(out), wanted(SECONDS, clock(0, 4)))
same("stripped: events", [r["VMCINTTS"] for r in out.rows("VMXPCF00", RECORD="5/6")],
     [clock(0, 4), clock(60, 500), clock(120, 500)])

# Stripped, no event data at all (the first sample record switches the expectation off).
records = event_part + sample_part
for second in SECONDS:
    records += sample(second)
with open("samples.rdw", "wb") as f:
    f.write(rdw(records))
same("stripped: samples only", starts(reduce("samples.rdw")), wanted(SECONDS, clock(0, 4)))

# Begun in mid-stream: blank before the first 1/11, which ends a real sample if domain 0 records came before it.
f = MonFile()
for second in SECONDS:
    f.add("S", sample(second))
f.end().write("middle.mon")
out = reduce("middle.mon", code=4)
same("in mid-stream", starts(out), wanted(SECONDS, ""))
same("in mid-stream: intervals", out.system("UNKNOWN")["intervals"]["seen"], 3)
records = [event(30), end(31)] + sum((sample(second) for second in SECONDS), [])
with open("middle.rdw", "wb") as f:
    f.write(rdw(records))
out = reduce("middle.rdw", code=4)
same("in mid-stream, events first", starts(out), wanted(SECONDS, clock(31)))

# A new set of configuration: blank until its 1/11, and the merged row of the sample before is not lost.
f = MonFile()
add_configuration(f)
f.add("S", sample(60)[:-1])  # the end of this sample never came
add_configuration(f, second=90)
f.add("S", sample(120))
f.end().write("again.mon")
out = reduce("again.mon")
same("connected again", starts(out), [(clock(60, 0), clock(0, 4)), (clock(60, 1), clock(0, 4)),
                                     (clock(120, 0), clock(90, 4)), (clock(120, 1), clock(90, 4))])
compare("connected again: sums", out.rows("VMXSGP00"), [])

# The end of a sample is missing, the next one comes: told by its time.
f = MonFile()
add_configuration(f)
f.add("S", sample(60)).add("S", sample(120)[:-1]).add("S", sample(180)).add("S", sample(240))
f.end().write("lost.mon")
out = reduce("lost.mon", code=4)
same("an end is missing", out.message("MRD0310W"), 1)
same("an end is missing: rows", [r["QUALITY"] for r in out.rows("VMXSP002", SYTPRP_PFXCPUAD=0)],
     ["first", "ok", "ok", "ok"])
same("an end is missing: intervals", out.system("TESTVM")["intervals"], {"expected": 4, "seen": 4, "missing": 0})
print("the sample intervals begin where they should")
told()
