# SPDX-License-Identifier: Apache-2.0
"""Configuration records that are missing, files that begin in a suspension, and --strict."""
import os

from mkmon import MonFile, at, record
from scenes import add_configuration, clock, processor, sample, small
from story import compare, reduce, row, same, told

# Who the system is, and what the row of the monitor's start holds, without one record of the set.
for skip, sysid, model, missing in (
        ((), "TESTVM", "2097-E12", []), ((1,), "TESTVM", "2097-E12", ["1/1"]), ((4,), "012345", "2097", ["1/4"]),
        ((5,), "TESTVM", "2097-E12", ["1/5"]), ((9,), "TESTVM", "2097-E12", ["1/9"]),
        ((4, 5), "UNKNOWN", "", ["1/4", "1/5"]),
        ((1, 9), "TESTVM", "2097-E12", ["1/1", "1/9"])):
    what = "without " + " ".join("1/%d" % number for number in skip)
    small(skip=skip).write("x.mon")
    out = reduce("x.mon", code=4 if skip else 0)
    compare(what, out.rows("VMXSP002", SYTPRP_PFXCPUAD=1), [
        row("first", SYSID=sysid, CPUMODEL=model), row("ok", 60, SYTPRP_PFXRUNCP=1000, SYSID=sysid),
        row("ok", 60, SYTPRP_PFXRUNCP=1000, SYSID=sysid)])
    same(what + ", told", (out.message("MRD0301W"), out.system(sysid)["configuration_missing"]),
         (1 if skip else 0, missing))
    compare(what + ", start", out.rows("VMXSCF00"), [
        row("partial" if skip else "ok", None, SYSID=sysid, MTRSYS_SYSTMID=None if 4 in skip else "TESTVM",
            MTRPRP_PFXIDSER=None if 5 in skip else "012345", MTRSPR_INTERVAL=None if 9 in skip else 60)])
    same(what + ", processors", len(out.rows("VMXPCF00")), 0 if 5 in skip else 2)

# Nothing of the set but its 1/11; and nothing at all.
small(skip=(1, 4, 5, 9)).write("x.mon")
out = reduce("x.mon", code=4)
compare("without a set", out.rows("VMXSP002", SYTPRP_PFXCPUAD=0),
        [row("first", SYSID="UNKNOWN", VMCINTTS=clock(0, 4)), row("ok", 60, SYTPRP_PFXRUNCP=100), row("ok", 60)])
same("without a set, told", out.message("MRD0309W"), 1)

# The file begins with the end of a suspension; the configuration comes afterwards, once at once, once late.
f = MonFile()
f.add("E", [record(1, 12, at(-20))]).add("E", [record(1, 3, at(-10), MTRSUS_LOSTRCCT=55)])
add_configuration(f)
for n in (1, 2):
    sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=40 * n)])
f.end().write("suspended.mon")
out = reduce("suspended.mon", code=4)
compare("suspended before the set", out.rows("VMXSP002"),
        [row("first", SYSID="TESTVM"), row("ok", 60, SYTPRP_PFXRUNCP=40)])
compare("the suspension", out.rows("VMXVXC00"), [row("ok", None, RECORD="1/3", SYSID="TESTVM", MTRSUS_LOSTRCCT=55)])
same("nothing else is missing", (out.message("MRD0301W"), out.message("MRD0303W")), (0, 1))

f = MonFile()
f.add("E", [record(1, 12, at(-20))]).add("E", [record(1, 3, at(-10), MTRSUS_LOSTRCCT=55)])
for n in (1, 2):
    sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=40 * n)])
add_configuration(f, second=150)
for n in (3, 4):
    sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=40 * n)])
f.end().write("late.mon")
out = reduce("late.mon", code=4)
compare("the set comes late", out.rows("VMXSP002"), [
    row("first", SYSID="UNKNOWN"), row("ok", 60, SYSID="UNKNOWN", SYTPRP_PFXRUNCP=40),
    row("first", SYSID="TESTVM"), row("ok", 60, SYSID="TESTVM", SYTPRP_PFXRUNCP=40)])

# A second set that lacks its 1/5: the first one is not blamed, the second is.
f = MonFile()
add_configuration(f)
sample(f, 60, [processor(60, 0)])
add_configuration(f, second=70, skip=(5,))
sample(f, 120, [processor(120, 0)])
f.end().write("second.mon")
out = reduce("second.mon", code=4)
same("second set", [r["QUALITY"] for r in out.rows("VMXSCF00")], ["ok", "partial"])

# --strict stops where the product stops, writes nothing, and leaves the tables of the night before alone.
small().write("good.mon")


def contents(folder):
    return {name: open(os.path.join(folder, name), "rb").read() for name in sorted(os.listdir(folder))}


reduce("good.mon", out="kept")
before = contents("kept")
for number in (1, 4, 5, 9):
    small(skip=(number,)).write("bad.mon")
    reduce("--strict", "bad.mon", code=16, out="kept")
    same("kept without 1/%d" % number, contents("kept") == before, True)
    reduce("--strict", "bad.mon", code=16, out="never")
    same("nothing written without 1/%d" % number, os.path.exists("never") and os.listdir("never"),
         os.path.exists("never") and [])
for name in ("late.mon", "second.mon"):
    reduce("--strict", name, code=16, out="kept")
    same("kept with " + name, contents("kept") == before, True)
reduce("--strict", "good.mon", code=0, out="kept")
same("the same tables from good data", {k: v for k, v in contents("kept").items() if k != "manifest.json"},
     {k: v for k, v in before.items() if k != "manifest.json"})
# Lost event records are no reason to stop: the product only warns.
reduce("--strict", "suspended.mon", code=4, out="other")
told()
