# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# VMXSGP00: the records of one sample in one row, ENDTS the highest of their times; `partial` only where a part is
# missing that this system otherwise sends (design 9.5); the differences of that part then span two intervals, a `gap`.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import add_configuration, processor, sample

f = MonFile()
add_configuration(f)
for n in range(1, 5):
    t = 60 * n
    records = [record(0, 3, at(t, 10), SYTRSG_RSAAVAIL=1000 + n), processor(t, 0)]
    if n != 3:
        records += [record(0, 8, at(t, 30))]
    records += [record(3, 1, at(t, 20))]
    sample(f, t, records)
f.end().write("x.mon")
PYTHON
run reduce -o out x.mon
python3 - <<'PYTHON'
from scenes import clock, expect, table

expect(table("out", "VMXSGP00"), [{"ENDTS": clock(60 * n, 20 if n == 3 else 30), "SYTRSG_RSAAVAIL": 1000 + n, "QUALITY": q,
                                   "VMCINTTS": clock(60 * n - 60, 900 if n > 1 else 4)}
                                  for n, q in ((1, "first"), (2, "ok"), (3, "partial"), (4, "gap"))], "VMXSGP00")
PYTHON
