# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The clock of a system is set, forward or back, by a little or by years: no DURATION is negative, none is long without
# QUALITY gap, none crosses a step back; each row stands as it was recorded, and a step back is told.
python3 - <<'PYTHON'
import os
import subprocess

from mkmon import MonFile, timer
from scenes import add_configuration, clock, processor, sample, table

YEAR = 365 * 86400


def steps(name, seconds, code, ids, wanted, ipl=None):
    """wanted: for each row its DURATION, QUALITY and difference.  ipl: before this sample the system is started again."""
    f = MonFile()
    add_configuration(f, cpus=1)
    for n, second in enumerate(seconds, 1):
        if n == ipl:
            add_configuration(f, cpus=1, second=second - 60, ipl=second - 70)
        sample(f, second, [processor(second, 0, SYTPRP_PFXRUNCP=1000 * n * n, SYTPRP_PFXUTIME=timer(n * 3))])
    f.end().write("clock.mon")
    done = subprocess.run([os.environ["MONREDUCE"], "reduce", "-t", "VMXSP002", "-o", name, "clock.mon"],
                          stderr=subprocess.PIPE, check=False)
    rows = table(name, "VMXSP002")
    ok = len(rows) == len(seconds)
    differences = [""] + [str(1000 * (2 * n - 1)) for n in range(2, len(seconds) + 1)]
    for row, second, difference, (duration, quality) in zip(rows, seconds, differences, wanted):
        want = ["%.6f" % duration if duration else "", quality, difference if duration else ""]
        have = [row["DURATION"], row["QUALITY"], row["SYTPRP_PFXRUNCP"]]
        if have != want:
            print(name, row["ENDTS"], have, "expected", want)
            ok = False
        if row["VMCINTTS"] > row["ENDTS"]:
            print(name, "the interval of", row["ENDTS"], "begins at", row["VMCINTTS"])
            ok = False
        if 0 <= second < YEAR and row["ENDTS"] != clock(second):
            print(name, row["ENDTS"], "expected", clock(second))
            ok = False
    said = done.stderr.decode()
    told = sorted({line.split()[0] for line in said.splitlines() if line.startswith("MRD")})
    if (done.returncode, told) != (code, ids):
        print(name, "ends with", done.returncode, told)
        ok = False
    print(name, "as expected" if ok else "WRONG")


first, minute = (None, "first"), (60, "ok")
steps("forward-an-hour", [60, 120, 180, 3840, 3900], 4, ["MRD0302W"], [first, minute, minute, (3660, "gap"), minute])
steps("forward-ten-years", [60, 120, 180, 10 * YEAR, 10 * YEAR + 60], 4, ["MRD0302W"],
      [first, minute, minute, (10 * YEAR - 180, "gap"), minute])
steps("forward-a-leap-second", [60, 120, 181, 241], 0, [], [first, minute, (61, "ok"), minute])
steps("back-a-second-within", [60, 120, 179, 239], 0, [], [first, minute, (59, "ok"), minute])
steps("back-two-minutes", [660, 720, 780, 660 + 5, 720 + 5], 4, ["MRD0128W"],
      [first, minute, minute, first, minute])
steps("back-an-hour", [7260, 7320, 7380, 3840, 3900], 4, ["MRD0128W"], [first, minute, minute, first, minute])
steps("back-and-forth", [7260, 7320, 3840, 3900, 7500, 7560], 4, ["MRD0128W", "MRD0302W"],
      [first, minute, first, minute, (3600, "gap"), minute])
steps("restart-with-a-wrong-clock", [60, 120, 180, 60 - 30 * 86400, 120 - 30 * 86400], 0, [],
      [first, minute, minute, first, minute], ipl=4)
steps("back-ten-years", [10 * YEAR, 10 * YEAR + 60, 120, 180], 4, ["MRD0128W"], [first, minute, first, minute])
PYTHON
