# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The documented limit: a user that is in no record of the first two intervals behind a hole and comes back later.  Its row
# keeps what it said without the late file.  One that comes back in the first two is as in one run.
python3 - <<'PYTHON'
from mkmon import MonFile
from scenes import add_configuration, clock, expect, processor, sample, table, user
from state import fresh, plain, run


def make(name, minutes, users):
    f = MonFile()
    add_configuration(f, second=60 * minutes[0] - 50)
    for n in minutes:
        sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=100 * n)] +
               [user(60 * n, u, micros=5 + i, VMDVDSCT=10 * n) for i, u in enumerate(users.get(n, ()))])
    f.end().write(name)


make("a.mon", (1, 2), {1: ("EARLY", "LATE"), 2: ("EARLY", "LATE")})
make("b.mon", (3, 4), {})
make("c.mon", (5, 6, 7, 8), {6: ("EARLY",), 7: ("EARLY",), 8: ("EARLY", "LATE")})
for order in (("a.mon", "b.mon", "c.mon"), ("c.mon", "b.mon", "a.mon"), ("a.mon", "c.mon", "b.mon")):
    fresh()
    for name in order:
        run(name)
    rows = [row for row in table("out", "VMXVXU00") if row["ENDTS"] >= clock(300)]
    print(" ".join(order), [(row["USEACT_VMDUSER"], row["QUALITY"], row["DURATION"], row["USEACT_VMDVDSCT"]) for row in rows])
PYTHON
