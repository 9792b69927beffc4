# SPDX-License-Identifier: Apache-2.0
"""Several systems in one file, several files of one system, and the wrong order on the command line."""
from mkmon import MonFile, at, record
from scenes import add_configuration, clock, processor, sample
from story import compare, reduce, row, same, told

KEY = "SYTPRP_PFXRUNCP"


def rows_of(steps, quality=None):
    """Differences wanted of one processor: the steps between its readings, 60 seconds each."""
    return [row("first", **{KEY: None})] + [row(quality or "ok", 60, **{KEY: step}) for step in steps]


# Two systems take turns in one file, each with a configuration set; the same processor address, counters far apart.
f = MonFile()
add_configuration(f, system="ALPHA", serial="00000A", cpus=1)
for second in (60, 120):
    sample(f, second, [processor(second, 0, SYTPRP_PFXRUNCP=5 * second)])
add_configuration(f, second=125, system="BETA", serial="00000B", cpus=1)
for second in (130, 190, 250):
    sample(f, second, [processor(second, 0, SYTPRP_PFXRUNCP=900000 + 3 * second)])
add_configuration(f, second=135, system="ALPHA", serial="00000A", cpus=1)
for second in (180, 240):
    sample(f, second, [processor(second, 0, SYTPRP_PFXRUNCP=5 * second)])
f.end().write("both.mon")
out = reduce("both.mon")
compare("ALPHA", out.rows("VMXSP002", SYSID="ALPHA"), rows_of([300, 300, 300]))
compare("BETA", out.rows("VMXSP002", SYSID="BETA"), rows_of([180, 180]))
same("systems", [(s["sysid"], s["serial"], s["records"], s["intervals"]["missing"]) for s in out.manifest["systems"]],
     [("ALPHA", "00000A", 5 + 4 + 5 + 4, 0), ("BETA", "00000B", 5 + 6, 0)])


# One stream in three files: only the first has a configuration, and the second cut is in the middle of an interval.
def stream(name, parts, config=False, system="TESTVM"):
    f = MonFile()
    if config:
        add_configuration(f, system=system)
    for part in parts:
        f.add("S", part)
    f.end().write(name)


def both(n, cpus=(0, 1), end=True):
    """Sample n of two processors, or a part of it."""
    records = [processor(60 * n, cpu, cpu, SYTPRP_PFXRUNCP=(7, 70)[cpu] * n * n) for cpu in cpus]
    return records + ([record(1, 11, at(60 * n, 900))] if end else [])


stream("a.mon", [both(1), both(2)], config=True)
stream("b.mon", [both(3), both(4, cpus=(0,), end=False)])
stream("c.mon", [both(4, cpus=(1,)), both(5)])
WANTED = {cpu: rows_of([(7, 70)[cpu] * (n * n - (n - 1) ** 2) for n in range(2, 6)]) for cpu in (0, 1)}
STARTS = [clock(0, 4), clock(60, 900), clock(120, 900), clock(180, 900), clock(240, 900)]
for order in (("a.mon", "b.mon", "c.mon"), ("c.mon", "a.mon", "b.mon"), ("b.mon", "c.mon", "a.mon")):
    out = reduce(*order)
    for cpu in (0, 1):
        compare("%s, processor %d" % (" ".join(order), cpu), out.rows("VMXSP002", SYTPRP_PFXCPUAD=cpu), WANTED[cpu])
        same("begin of interval", [r["VMCINTTS"] for r in out.rows("VMXSP002", SYTPRP_PFXCPUAD=cpu)], STARTS)
    same("one system", [s["intervals"] for s in out.manifest["systems"]], [{"expected": 5, "seen": 5, "missing": 0}])
    same("continued", out.message("MRD0308I"), 2)

# The file between is missing: a gap over its time.
stream("d.mon", [both(8), both(9)])
out = reduce("a.mon", "d.mon", code=4)
compare("a file is missing", out.rows("VMXSP002", SYTPRP_PFXCPUAD=0), [
    row("first"), row("ok", 60, **{KEY: 7 * 3}), row("gap", 360, **{KEY: 7 * (64 - 4)}),
    row("ok", 60, **{KEY: 7 * 17})])

# Two files of the same collection overlap: what comes twice counts once.
stream("longer.mon", [both(1), both(2), both(3)], config=True)
stream("rest.mon", [both(4), both(5)])
out = reduce("a.mon", "longer.mon", "rest.mon", code=4)
compare("overlap", out.rows("VMXSP002", SYTPRP_PFXCPUAD=1), WANTED[1])
same("twice", (out.message("MRD0312W"), out.manifest["records"]["duplicates"]), (1, 6 + 2 * 3))

# Files of two systems at the same time, each cut in two; a file without configuration belongs to neither for certain.
for name, serial, system in (("one", "000001", "ONE"), ("two", "000002", "TWO")):
    f = MonFile()
    add_configuration(f, system=system, serial=serial)
    for n in (1, 2, 3):
        sample(f, 60 * n,
               [processor(60 * n, 0, SYTPRP_PFXRUNCP=len(name) * 1000 * n + (500 if name == "two" else 0))])
    f.end().write(name + ".mon")
out = reduce("one.mon", "two.mon")
for system in ("ONE", "TWO"):
    compare("at the same time: " + system, out.rows("VMXSP002", SYSID=system), rows_of([3000, 3000]))
stream("whose.mon", [both(4), both(5)])
out = reduce("one.mon", "two.mon", "whose.mon", code=4)
same("whose", (out.message("MRD0309W"), sorted({r["SYSID"] for r in out.rows("VMXSP002")})),
     (1, ["ONE", "TWO", "UNKNOWN"]))
told()
