# SPDX-License-Identifier: Apache-2.0
"""What the scenarios share: a run whose manifest must add up, and rows compared with what they must hold.

What a row must hold is worked out in the scenario from the numbers that it put into the file.  In a wanted row

    None          the cell is empty
    a Fraction    a duration or a quotient: the cell is that number, to the last digit shown
    a float       a quotient as it is shown, to six decimals
    anything else the cell is its text
"""
import itertools
import math
import os
import sys
from fractions import Fraction

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from account import Wrong, check, load, run  # noqa: E402
from mkmon import at, record  # noqa: E402
from scenes import table  # noqa: E402

wrong = []


def fail(text):
    print(text)
    wrong.append(text)


def cell_is(have, want):
    if want is None:
        return have == ""
    if isinstance(want, Fraction):
        digits = len(have.partition(".")[2])
        return have != "" and abs(Fraction(have) - want) < Fraction(1, 10 ** min(digits, 6))
    if isinstance(want, float):
        return have != "" and math.isclose(float(have), want, rel_tol=1e-9, abs_tol=0.51e-6)
    return have == str(want)


def compare(what, rows, wanted):
    """Rows in the order of the file; each wanted row names the columns that are looked at."""
    before = len(wrong)
    if len(rows) != len(wanted):
        fail("%s: %d rows, expected %d" % (what, len(rows), len(wanted)))
    for n, (have, want) in enumerate(zip(rows, wanted)):
        for column, value in want.items():
            if column not in have:
                fail("%s: no column %s" % (what, column))
            elif not cell_is(have[column], value):
                fail("%s row %d %s: '%s', expected '%s'" % (what, n + 1, column, have[column],
                                                           "" if value is None else value))
    if len(wrong) == before:
        print("%s: as expected" % what)


def same(what, have, want):
    if have != want:
        fail("%s: %r, expected %r" % (what, have, want))


class Reduced:
    """A folder of tables."""

    def __init__(self, folder, code, manifest):
        self.folder = folder
        self.code = code
        self.manifest = manifest

    def rows(self, name, **key):
        return [row for row in table(self.folder, name) if all(row[k] == str(v) for k, v in key.items())]

    def message(self, number):
        """How often a message was given, 0: never."""
        return sum(one["count"] for one in self.manifest["messages"] if one["id"] == number)

    def system(self, sysid):
        return [one for one in self.manifest["systems"] if one["sysid"] == sysid][0]

    def tables(self):
        return sorted(name[:-4] for name in os.listdir(self.folder)
                      if name.endswith(".csv") and name != "dictionary.csv")


runs = itertools.count(1)


def reduce(*arguments, code=0, out=None):
    """Reduce files; the return code is what it should be and all sums of the manifest agree."""
    out = out or "out.%d" % next(runs)
    have, text = run("reduce", "-q", "-o", out, *arguments)
    if have != code:
        fail("reduce %s: return code %d, expected %d %s" % (" ".join(arguments), have, code, text))
    if have == 16:
        return Reduced(out, have, None)
    try:
        return Reduced(out, have, check(load(out), have, out))
    except Wrong as fault:
        fail("manifest of %s: %s" % (" ".join(arguments), fault))
        return Reduced(out, have, load(out))


def told():
    """The last line of a scenario."""
    if wrong:
        sys.exit(1)


def user(second, name, cpu=0, logon=-3600, length=None, micros=0, **values):
    """A 4/3 whose derived fields pass the checks of the layout."""
    good = {"USEACT_VMDACTNO": "ACCT1", "USEACT_VMDGRPN": "GROUP1", "USEACT_CALTODON": at(logon)}
    return record(4, 3, at(second, micros), length, USEACT_VMDUSER=name, USEACT_VMDCPUAD=cpu, **{**good, **values})


def device(second, subchannel, number, **values):
    return record(6, 3, at(second), IODDEV_RDEVSID=0x10000 + subchannel, IODDEV_RDEVDEV=number, **values)


def row(quality, duration=None, **values):
    """A wanted row; durations in seconds."""
    return {"QUALITY": quality, "DURATION": None if duration is None else Fraction(duration), **values}
