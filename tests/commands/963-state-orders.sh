# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# What was not there for a while (a disk that was varied off, a user that logged off) has its DURATION from where it was
# last seen, in joined rows too, whatever the order in which the pieces come.
"$MONSAMPLE" --intervals 12 "$TOP/samples/day.scn" day.mon
python3 - <<'PYTHON'
import random

from state import cut, fresh, plain, run, same

names = cut("day.mon", 6, "part-%d.mon")
plain(*names)
random.seed(4)
orders = [[0, 2, 1, 3, 5, 4], [0, 5, 4, 3, 2, 1], [5, 4, 3, 2, 1, 0]] + [random.sample(range(6), 6) for _ in range(3)]
for order in orders:
    fresh()
    for n in order:
        run(names[n])
    if not same("plain", "out", str(order)):
        print("WRONG")
print(len(orders), "orders")
PYTHON
