# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Hourly files are one run in time order, however they are named and ordered; differences go on across them, because the
# collector's reconnect is no restart of the system.
python3 - <<'PYTHON'
from mkmon import MonFile
from scenes import add_configuration, processor, sample

def part(path, connect, minutes, whole=None):
    f = MonFile()
    add_configuration(f, second=connect)
    for n in minutes:
        sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=n * n)])
    f.end()
    f.write(path)

part("b.mon", 0, range(1, 4))
part("a.mon", 185, range(4, 7))
part("c.mon", 365, range(7, 9))
PYTHON
run reduce -t VMXSP002 -o one a.mon b.mon c.mon
run reduce -t VMXSP002 -o two c.mon b.mon a.mon
cmp one/VMXSP002.csv two/VMXSP002.csv
cat b.mon a.mon c.mon >joined.mon
run reduce -t VMXSP002 -o joined joined.mon
cmp one/VMXSP002.csv joined/VMXSP002.csv
python3 - <<'PYTHON'
from scenes import clock, expect, table

wanted = [{"ENDTS": clock(60 * n), "QUALITY": "first" if n == 1 else "ok",
           "SYTPRP_PFXRUNCP": "" if n == 1 else n * n - (n - 1) * (n - 1)} for n in range(1, 9)]
expect(table("one", "VMXSP002"), wanted, "VMXSP002")
PYTHON
