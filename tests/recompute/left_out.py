# SPDX-License-Identifier: Apache-2.0
"""Each record type in turn is left out of one interval, of two intervals in a row, or for one entity only."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

from monitor import header, samples, take_sets, without  # noqa: E402
from recompute import check, finish  # noqa: E402


def kinds(sets):
    last = samples(sets)[0]
    return sorted({header(one)[:2] for kind, records in sets[:last + 1] for one in records if kind == "S"
                   and header(one)[0] != 1})


def main():
    with open(sys.argv[1], "rb") as f:
        sets = take_sets(f.read())
    for domain, number in kinds(sets):
        what = "%s without %d/%d in 3" % (os.path.basename(sys.argv[1])[:-4], domain, number)
        check(what, without(sets, lambda n, d, r, one: n == 3 and (d, r) == (domain, number)))
    for domain, number in ((0, 2), (0, 8), (0, 16), (4, 3), (6, 3)):
        check("without %d/%d in 2 and 3" % (domain, number),
              without(sets, lambda n, d, r, one: n in (2, 3) and (d, r) == (domain, number)))
    # one entity only: the first and the last record of its kind
    for domain, number in ((0, 1), (0, 2), (0, 16), (3, 4), (3, 10), (4, 3), (5, 3), (6, 3), (0, 18), (10, 2)):
        for last in (False, True):
            mine = [one for _, records in sets for one in records if header(one)[:2] == (domain, number)]
            if not mine:
                continue
            key = (mine[-1] if last else mine[0])[20:30]
            check("without one %d/%d in 3" % (domain, number),
                  without(sets, lambda n, d, r, one: n == 3 and (d, r) == (domain, number) and one[20:30] == key))
    finish()


main()
