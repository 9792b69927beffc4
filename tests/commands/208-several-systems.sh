# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Two systems in one run, from joined files and from several: each has its own differences and identity.
python3 - <<'PYTHON'
from mkmon import MonFile
from scenes import add_configuration, processor, sample

parts = []
for i, (name, serial) in enumerate((("ALPHA", "0A0001"), ("BETA", "0B0002"))):
    for half in range(2):
        f = MonFile()
        add_configuration(f, second=185 * half, system=name, serial=serial)
        for n in range(1 + 3 * half, 4 + 3 * half):
            sample(f, 60 * n + i, [processor(60 * n + i, 0, SYTPRP_PFXRUNCP=(1000 + i) * n)])
        f.end()
        parts.append(f.form("native"))
order = (0, 2, 1, 3)
for i in order:
    open("part%d.mon" % i, "wb").write(parts[i])
open("joined.mon", "wb").write(b"".join(parts[i] for i in order))
PYTHON
run reduce -o one joined.mon
run reduce -o two part0.mon part1.mon part2.mon part3.mon
python3 - <<'PYTHON'
from scenes import clock, expect, table

for folder in ("one", "two"):
    rows = table(folder, "VMXSP002")
    for i, name in enumerate(("ALPHA", "BETA")):
        expect([r for r in rows if r["SYSID"] == name],
               [{"ENDTS": clock(60 * n + i), "QUALITY": "first" if n == 1 else "ok", "CPUMODEL": "2097-E12",
                 "SYTPRP_PFXRUNCP": "" if n == 1 else 1000 + i} for n in range(1, 7)], folder + " " + name)
PYTHON
