# SPDX-License-Identifier: Apache-2.0
"""Data that comes twice, and the clock that goes back: records are the same only where their content is the same.

Each stretch of data is a user's time in steps that no other stretch has, so that a difference which is taken from one
stretch to another one shows at once.
"""
import json
import os
import shutil
import subprocess
from fractions import Fraction

from mkmon import MonFile, at, record, timer
from scenes import add_configuration, processor, user
from story import compare, fail, reduce, row, same, told
from state import run as run_state
from scenes import table

TIME = "USEACT_VMDTTIME"
HOUR = 20  # intervals of the time that comes again


def records_of(second, micros, step, n):
    """One sample: several types, two processors, three users."""
    when = lambda i: at(second, micros + i)
    return ([record(0, 1, when(cpu), SYTSYP_PFXCPUAD=cpu, SYTSYP_PLSCTSS=n * step) for cpu in (0, 1)] +
            [record(0, 2, when(2 + cpu), SYTPRP_PFXCPUAD=cpu, SYTPRP_PFXRUNCP=n * step) for cpu in (0, 1)] +
            [record(0, 3, when(4)), record(0, 8, when(5), SYTUSR_CALUPTCT=n * step)] +
            [user(second, "USER%d" % u, micros=micros + 6 + u, VMDTTIME=timer(n * step)) for u in range(3)])


def end_of(second, micros):
    return record(1, 11, at(second, micros + 900))


class Stretch:
    """Samples a minute apart from second 60 * begin on; micros and seconds shift all of them."""

    def __init__(self, begin, count, step, seconds=0, micros=0):
        self.samples = [(60 * m + seconds, micros, step, m + 1000) for m in range(begin, begin + count)]
        self.step = step

    def times(self):
        return [second for second, _, _, _ in self.samples]

    def sets(self, f, part=slice(None)):
        for second, micros, step, n in self.samples[part]:
            f.add("E", [record(4, 1, at(second - 20, micros), USELON_VMDUSER="L%d" % (n * step)), end_of(second - 10, micros)])
            f.add("S", records_of(second, micros, step, n) + [end_of(second, micros)])


def write(name, *parts, configured=True):
    """Parts: stretches, or (stretch, slice).  A configuration set stands before the first one alone."""
    f = MonFile()
    for n, part in enumerate(parts):
        stretch, which = part if isinstance(part, tuple) else (part, slice(None))
        if configured and n == 0:
            add_configuration(f, second=stretch.samples[which][0][0] - 60)
        stretch.sets(f, which)
    f.end().write(name)
    return name


def wanted(*stretches):
    """Rows of a user: the first of each stretch has no difference."""
    return [row("first" if i == 0 else "ok", None if i == 0 else 60, **{TIME: None if i == 0 else Fraction(stretch.step)})
            for stretch in stretches for i in range(len(stretch.samples))]


def right(what, out, *stretches, steps=None, twice=0):
    rows = out.rows("VMXVXU00", USEACT_VMDUSER="USER1")
    compare(what, rows, wanted(*stretches))
    events = len(out.rows("VMXVXF00", RECORD="4/1"))
    same(what + ": events", events, sum(len(s.samples) for s in stretches))
    same(what + ": steps", out.message("MRD0128W"), len(stretches) - 1 if steps is None else steps)
    same(what + ": duplicates", out.manifest["records"]["duplicates"], twice)
    same(what + ": clock", [len(one["clock_list"]) for one in out.manifest["systems"]],
         [len(stretches) - 1 if steps is None else steps])


# An hour that comes again in another file: half a minute off, at the same times to the microsecond, and 37 off.
first = Stretch(0, 30, 2)
for name, shift in (("half a minute off", {"seconds": 30}), ("at the same times", {}), ("37 microseconds off", {"micros": 37})):
    again = Stretch(10, 40, 3, **shift)
    files = [write("first.mon", first), write("again.mon", again)]
    right(name, reduce(*files, code=4), first, again)
    right(name + ", other order", reduce(*reversed(files), code=4), first, again)
    write("again.mon", again, configured=False)
    right(name + ", no configuration", reduce(*files, code=4), first, again)
    right(name + ", one file", reduce(write("one.mon", first, again), code=4), first, again)
    os.system("cat first.mon again.mon >joined.mon")
    right(name + ", joined", reduce("joined.mon", code=4), first, again)

# Three times the same hour.
third = Stretch(10, 15, 1, seconds=11)
files = [write("first.mon", first), write("again.mon", again), write("third.mon", third)]
rows = reduce(*files, code=4).rows("VMXVXU00", USEACT_VMDUSER="USER1")
same("three times", sorted((r["ENDTS"], r[TIME]) for r in rows if r[TIME]),
     sorted((r["ENDTS"], "%d.000000" % s.step) for s in (first, again, third) for i, r in
            enumerate([r for r in rows if r["ENDTS"][17:26] == {first: "00.000007", again: "00.000044", third: "11.000007"}[s]])
            if i > 0))

# The clock goes back into the time before a hole.
early, late = Stretch(0, 10, 2), Stretch(40, 10, 2)
back = Stretch(3, 5, 3, seconds=20)
out = reduce(write("hole.mon", early, late, back), code=4)
rows = out.rows("VMXVXU00", USEACT_VMDUSER="USER1")
same("before a hole", [(r["QUALITY"], r[TIME]) for r in rows],
     [("first", "")] + [("ok", "2.000000")] * 9 + [("gap", "62.000000")] + [("ok", "2.000000")] * 9 +
     [("first", "")] + [("ok", "3.000000")] * 4)
same("before a hole: steps", out.message("MRD0128W"), 1)

# The same data again, whole and in part: it is used once.
each = 2 + 9 + 1
write("first.mon", first)
shutil.copy("first.mon", "copy.mon")
config = 6
right("twice", reduce("first.mon", "copy.mon", code=4), first, steps=0, twice=30 * each + config)
write("part.mon", (first, slice(10, 20)), configured=False)
right("a part again", reduce("first.mon", "part.mon", code=4), first, steps=0, twice=10 * each)
longer = Stretch(0, 40, 2)
write("overlap.mon", (longer, slice(20, 40)), configured=False)
right("overlap", reduce("first.mon", "overlap.mon", code=4), longer, steps=0, twice=10 * each)
os.system("cat first.mon first.mon >joined.mon")
right("joined to itself", reduce("joined.mon", code=4), first, steps=0, twice=30 * each + config)
with open("first.mon", "rb") as f:
    whole = f.read()
bare = MonFile()
add_configuration(bare, second=-60)
first.sets(bare)
with open("joined.bare", "wb") as f:
    f.write(bare.form("bare") * 2)
out = reduce("joined.bare", code=4)
compare("bare, joined to itself", out.rows("VMXVXU00", USEACT_VMDUSER="USER1"), wanted(first))

# A copy that is cut at its front, in the middle of a sample: its first control record has gone.
with open("cut.mon", "wb") as f:
    f.write(whole[4096 * 23 + 2000:])
out = reduce("first.mon", "cut.mon", code=8)
compare("cut copy", out.rows("VMXVXU00", USEACT_VMDUSER="USER1"), wanted(first))
same("cut copy: steps", out.message("MRD0128W"), 0)

# A copy whose records are damaged here and there, and a damaged original with a whole copy.
spoiled = bytearray(whole)
place = 0
for nth in (3, 10, 11, 21):
    place = bare.offset_of(0, 1, 2 * nth)
    spoiled[place:place + 4] = b"\xff\xff\xff\xff"
with open("spoiled.mon", "wb") as g:
    g.write(spoiled)
out = reduce("first.mon", "spoiled.mon", code=8)
compare("damaged copy", out.rows("VMXVXU00", USEACT_VMDUSER="USER1"), wanted(first))
same("damaged copy: steps", out.message("MRD0128W"), 0)

# A file that repeats the last intervals and goes on with an hour that comes again.
again = Stretch(10, 25, 3, seconds=7)
write("mixed.mon", (first, slice(25, 30)), again, configured=False)
right("copy, then other data", reduce("first.mon", "mixed.mon", code=4), first, again, twice=5 * each)

# Nothing but events.
def events(name, times, who):
    f = MonFile()
    add_configuration(f)
    for t in times:
        f.add("E", [record(4, 1, at(t), USELON_VMDUSER=who), record(4, 5, at(t, 5), USEDFC_VMDUSER=who),
                    record(1, 11, at(t, 9))])
    f.end().write(name)
    return name


events("events.mon", range(10, 600, 7), "A")
shutil.copy("events.mon", "events2.mon")
out = reduce("events.mon", "events2.mon", code=4)
same("events twice", len(out.rows("VMXVXF00")), 2 * len(range(10, 600, 7)))
events("others.mon", range(12, 600, 7), "B")
out = reduce("events.mon", "others.mon", code=4)
same("other events at the same time", len(out.rows("VMXVXF00")),
     2 * (len(range(10, 600, 7)) + len(range(12, 600, 7))))

# With a state: a run for each file, in both orders, and both in one run.
again = Stretch(10, 40, 3, seconds=30)
write("first.mon", first)
write("again.mon", again)
for name, runs in (("a run each", (["first.mon"], ["again.mon"])), ("one run", (["first.mon", "again.mon"],))):
    for folder in ("state", "kept"):
        shutil.rmtree(folder, ignore_errors=True)
    for files in runs:
        run_state(*files, out="kept")
    rows = [r for r in table("kept", "VMXVXU00") if r["USEACT_VMDUSER"] == "USER1"]
    compare("state, " + name, rows, wanted(first, again))
for folder in ("state", "kept"):
    shutil.rmtree(folder, ignore_errors=True)
for files in (["again.mon"], ["first.mon"]):
    run_state(*files, out="kept")
rows = [r for r in table("kept", "VMXVXU00") if r["USEACT_VMDUSER"] == "USER1"]
same("state, other order: rows", len(rows), 70)
same("state, other order: differences", sorted(set(r[TIME] for r in rows)), ["", "2.000000", "3.000000"])
with open(os.path.join("kept", "manifest.json")) as f:
    manifest = json.load(f)
same("state, other order: sums", (manifest["records"]["agree"], manifest["records"]["duplicates"]), (True, 0))

# Any number of threads makes the same.
subprocess.run([os.environ["MONREDUCE"], "reduce", "-q", "-j", "3", "-o", "three", "first.mon", "again.mon"], check=False)
subprocess.run([os.environ["MONREDUCE"], "reduce", "-q", "-j", "1", "-o", "one", "first.mon", "again.mon"], check=False)
differ = subprocess.run(["diff", "-r", "-x", "manifest.json", "one", "three"], stdout=subprocess.PIPE, text=True).stdout
same("threads", differ, "")
told()
