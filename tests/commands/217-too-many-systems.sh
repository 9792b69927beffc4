# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A run follows 1,023 systems; what comes of further ones is not lost, but shown as UNKNOWN.
python3 - <<'PYTHON'
from mkmon import MonFile
from scenes import add_configuration, processor, sample

f = MonFile()
for n in range(1100):
    second = 300 * n
    add_configuration(f, second=second, system="S%04d" % n, serial="%06d" % n, cpus=1)
    sample(f, second + 60, [processor(second + 60, 0, SYTPRP_PFXRUNCP=n)])
f.end()
f.write("x.mon")
PYTHON
run reduce -t VMXSP002 -o out x.mon | sed 's/at byte [0-9]*/at byte N/' | tail -n 3
python3 - <<'PYTHON'
from scenes import table

rows = table("out", "VMXSP002")
names = [row["SYSID"] for row in rows]
print(len(rows), "rows;", len(set(names)), "names;", names[0], names[1022], names[1023], names[1099])
PYTHON
