# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Records of domains that CP does not use, in every form and at every place: they are counted, and nothing else is lost.
python3 - <<'PYTHON'
import json
import os
import struct
import subprocess
from collections import Counter

from mkmon import MonFile, at, record
from scenes import configuration, processor, table


def other(second, length=112, domain=0xC3, number=19, tod=None, fill=b"\x5a"):
    head = struct.pack(">HHBBHQ4x", length, 0, domain, 0, number, at(second, 500) if tod is None else tod)
    return head + fill * (length - 20)


def scene(before=(), between=(), behind=(), alone=(), configured=()):
    """Three samples; what is put where: at the front of each frame, in its middle, behind its 1/11, in a set of its own."""
    f = MonFile()
    event, sample = configuration()
    f.add("E", event)
    f.add("S", list(configured) + sample)
    for n in range(1, 4):
        t = 60 * n
        make = lambda those: [one(t) for one in those]
        f.add("S", make(before) + [processor(t, 0, SYTPRP_PFXRUNCP=100 * n)] + make(between) +
              [processor(t, 1, SYTPRP_PFXRUNCP=1000 * n), record(1, 11, at(t, 900))] + make(behind))
        for kind in "SE":
            if alone:
                f.add(kind, make(alone))
    return f.end()


one = lambda t: other(t)
small = lambda t: other(t, length=20)
large = lambda t: other(t, length=4076, number=20)
whole = lambda t: other(t, length=4096, domain=0xFF)
many = lambda t: other(t, domain=16, number=4711)
near = lambda t: other(t, domain=12, number=3)
odd = lambda t: other(t, domain=14, number=300)
SCENES = [
    ("none", {}),
    ("in the middle", dict(between=[one])),
    ("at the front", dict(before=[one])),
    ("behind the end", dict(behind=[one])),
    ("alone in a frame", dict(alone=[one])),
    ("two in a row", dict(before=[one, many], between=[many, one], behind=[one, one])),
    ("headers only", dict(before=[small], between=[small, small], behind=[small])),
    ("ten in a row", dict(before=[one] * 10, between=[many] * 10, behind=[odd] * 10)),
    ("as long as can be", dict(before=[large], between=[large], behind=[large])),
    ("a whole frame", dict(alone=[whole])),
    ("domain 12", dict(before=[near], between=[near, odd], behind=[near])),
    ("time 0", dict(before=[lambda t: other(t, tod=0)], between=[lambda t: other(t, tod=0)],
                    behind=[lambda t: other(t, tod=0)], alone=[lambda t: other(t, tod=0)])),
    ("time of 30 s before", dict(before=[lambda t: other(t - 30)], behind=[lambda t: other(t - 30)],
                                 alone=[lambda t: other(t + 30)])),
    ("time of 20 h before", dict(before=[lambda t: other(t - 72000)], behind=[lambda t: other(t - 72000)],
                                 alone=[lambda t: other(t - 72000)])),
    ("time of 20 h behind", dict(before=[lambda t: other(t + 72000)], alone=[lambda t: other(t + 72000)])),
    ("time of next year", dict(between=[lambda t: other(t + 366 * 86400)], alone=[lambda t: other(t + 366 * 86400)])),
    ("looks like a record inside", dict(between=[lambda t: other(t, length=124, fill=bytes(26) + b"\0\x14\0\0\4\0\0\3" +
                                                                 struct.pack(">Q", at(t)) + bytes(62))[:124]])),
    ("before the configuration", dict(configured=[other(0), other(0, domain=99)])),
]
wanted = None
for name, where in SCENES:
    f = scene(**where)
    counts = Counter((r[4], struct.unpack_from(">H", r, 6)[0]) for r in f.records())
    strange = {"%d/%d" % key: n for key, n in counts.items() if key[0] > 11}
    verdict = []
    for form in ("native", "bare", "rdw", "monreader"):
        f.write("x.mon", form)
        done = subprocess.run([os.environ["MONREDUCE"], "reduce", "-o", "out", "x.mon"], capture_output=True, text=True)
        rows = table("out", "VMXSP002")
        wanted = wanted or rows
        with open("out/manifest.json") as m:
            records = json.load(m)["records"]
        told = {t["record"]: t["count"] for t in records["types"] if int(t["record"].split("/")[0]) > 11}
        fates = {t["fate"] for t in records["types"] if t["record"] in strange}
        census = subprocess.run([os.environ["MONREDUCE"], "census", "x.mon"], capture_output=True, text=True)
        shown = all(any(line.split()[:2] == [r, str(n)] and "(unknown)" in line for line in census.stdout.splitlines())
                    for r, n in strange.items())
        good = (done.returncode == 0 and "damage" not in done.stderr and rows == wanted and told == strange
                and records["unknown"] == sum(strange.values()) and records["agree"] and shown and census.returncode == 0
                and fates <= {"unknown"})
        if not good:
            print(form, done.returncode, done.stderr[:300], told, strange, rows == wanted, shown)
        verdict.append("%s %s" % (form, "good" if good else "WRONG"))
    print("%s: %s" % (name, ", ".join(verdict)))
PYTHON

# The same file twice, and one that continues it: what another domain says twice is counted as the same twice.
python3 - <<'PYTHON'
import json
import os
import subprocess

from mkmon import MonFile, at, record
from scenes import add_configuration, processor, table
import struct


def part(path, first, last, configured):
    f = MonFile()
    if configured:
        add_configuration(f)
    for n in range(first, last + 1):
        t = 60 * n
        f.add("S", [struct.pack(">HHBBHQ4x", 60, 0, 0xC3, 0, 19, at(t - 7200)) + bytes(40), processor(t, 0, SYTPRP_PFXRUNCP=n),
                    record(1, 11, at(t, 900))])
    f.end().write(path)


part("a.mon", 1, 3, True)
part("b.mon", 4, 6, False)
for inputs in (["a.mon", "b.mon"], ["b.mon", "a.mon", "b.mon"]):
    done = subprocess.run([os.environ["MONREDUCE"], "reduce", "-o", "two", *inputs], capture_output=True, text=True)
    with open("two/manifest.json") as m:
        records = json.load(m)["records"]
    print(done.returncode, [(r["ENDTS"][11:19], r["QUALITY"]) for r in table("two", "VMXSP002")], records["unknown"],
          records["duplicates"], records["agree"])
PYTHON
