# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A late file goes to its place in the tables: first the difference reaches across the hole, then it does not.
python3 - <<'PYTHON'
from mkmon import MonFile
from scenes import add_configuration, clock, expect, processor, sample, table, user
from state import manifest, plain, run, same


def make(name, minutes):
    f = MonFile()
    add_configuration(f, second=60 * minutes[0] - 50)
    for n in minutes:
        sample(f, 60 * n, [processor(60 * n, cpu, cpu, SYTPRP_PFXRUNCP=(cpu + 1) * 10 * n * n) for cpu in (0, 1)] +
               [user(60 * n, "LINUX001", micros=5, VMDVDSCT=7 * n)])
    f.end().write(name)


make("early.mon", (1, 2, 3))
make("late.mon", (7, 8, 9))
make("middle.mon", (4, 5, 6))


def wanted(hole):
    rows = []
    for n in range(1, 10):
        if hole and n in (4, 5, 6):
            continue
        before = n - 1 if not (hole and n == 7) else 3
        for cpu in (0, 1):
            first = n == 1
            rows.append({"ENDTS": clock(60 * n, cpu), "SYTPRP_PFXCPUAD": cpu,
                         "SYTPRP_PFXRUNCP": "" if first else (cpu + 1) * 10 * (n * n - before * before),
                         "DURATION": "" if first else "%d.000000" % (60 * (n - before)),
                         "QUALITY": "first" if first else "gap" if n - before > 1 else "ok"})
    return rows


run("early.mon", codes=(0,))
run("late.mon", codes=(4,))
expect(table("out", "VMXSP002"), wanted(True), "with a hole")
print(manifest()["ledger"]["systems"][0]["holes"])
text = run("middle.mon", codes=(0,))
print("\n".join(line for line in text.splitlines() if "MRD0646" in line))
expect(table("out", "VMXSP002"), wanted(False), "filled")
print(manifest()["ledger"]["systems"][0]["holes"])
plain("early.mon", "middle.mon", "late.mon")
print("as in one run" if same("plain", "out", "all tables") else "WRONG")
# Behind all of it goes on what follows.
make("next.mon", (10, 11))
run("next.mon", codes=(0,))
plain("early.mon", "middle.mon", "late.mon", "next.mon")
print("and on" if same("plain", "out", "all tables") else "WRONG")
PYTHON
