# SPDX-License-Identifier: Apache-2.0
"""VMXSGP00: one row a sample from eleven records, with sums over processors, channels and users."""
from fractions import Fraction

from mkmon import MonFile, at, record, timer
from scenes import add_configuration, clock, processor
from story import compare, reduce, row, same, told, user

# The parts that are merged: record, a counter of it and a gauge, where it has them.
PARTS = {
    (0, 3): ("SYTRSG_TCMSTLMN", "SYTRSG_RSAAVAIL"),
    (0, 6): ("SYTASG_SYSSFCRT", "SYTASG_CALSLTI1"),
    (0, 7): ("SYTSHS_VMDSFORO", None),
    (0, 8): ("SYTUSR_CALUPTCT", None),
    (0, 9): ("SYTCPC_HFCOUNT", None),
    (0, 10): (None, "SYTSCG_SRMCDISP"),
    (0, 12): (None, None),
    (0, 14): (None, None),
    (0, 19): (None, None),
    (3, 1): (None, None),
    (3, 9): (None, None),
}
ORDER = list(PARTS)


def step(domain, number, n):
    """How far the counter of a part has come at sample n: no two parts and no two samples alike."""
    return 1000 * domain + 10 * number + (3 + number) * n * n


def merged(n, skip=(), late=None):
    """The parts of sample n, a twentieth of a second apart; late: this one comes last."""
    records = []
    parts = [part for part in ORDER if part not in skip]
    if late:
        parts.remove(late)
        parts.append(late)
    for place, (domain, number) in enumerate(parts):
        counter, gauge = PARTS[domain, number]
        values = {}
        if counter:
            values[counter] = step(domain, number, n)
        if gauge:
            values[gauge] = 5000 + n
        records.append(record(domain, number, at(60 * n, 50000 * place), **values))
    return records


def end(second):
    return [record(1, 11, at(second, 5000000))]


def last(n, parts=len(PARTS)):
    return clock(60 * n, 50000 * (parts - 1))


def wanted(n, quality, before=None, skip=(), duration=60, ends=None):
    """The merged columns of sample n; before: the sample that its differences are taken from, None: none."""
    values = {}
    for part, (counter, gauge) in PARTS.items():
        if counter:
            values[counter] = None if before is None or part in skip else step(*part, n) - step(*part, before)
        if gauge:
            values[gauge] = None if part in skip else 5000 + n
    return row(quality, None if before is None else duration, ENDTS=ends or last(n, len(PARTS) - len(skip)), **values)


# A system without expanded storage: 3/9 never comes, and nothing is partial.  Then 0/6 is missing, then 0/3.
NONE = [(3, 9)]
LACK = {1: NONE, 2: NONE, 3: NONE + [(0, 6)], 4: NONE, 5: NONE, 6: NONE + [(0, 3)]}
f = MonFile()
add_configuration(f)
for n, skip in LACK.items():
    f.add("S", merged(n, skip) + end(60 * n))
f.end().write("x.mon")
rows = reduce("x.mon").rows("VMXSGP00")
same("quality", [r["QUALITY"] for r in rows], ["first", "ok", "partial", "gap", "ok", "partial"])
compare("first and second", rows[:2], [wanted(1, "first", skip=NONE), wanted(2, "ok", 1, skip=NONE)])
compare("0/6 is missing", rows[2:3], [{**wanted(3, "partial", 2, skip=LACK[3]), "DURATION": Fraction(5995, 100)}])
back = wanted(4, "gap", 3, skip=NONE)
# What was away covers two intervals: gap.  Its difference is none of this row and is blank; its rate is true (10.1).
back["SYTASG_SYSSFCRT"] = None
back["SPOOL_FILE_PER_S"] = (step(0, 6, 4) - step(0, 6, 2)) / 120
compare("0/6 is back", rows[3:4], [{**back, "DURATION": Fraction(1201, 20)}])
compare("all there", rows[4:5], [wanted(5, "ok", 4, skip=NONE)])

# All eleven; 0/7 comes last; a counter of 0/8 falls; a sample without its 1/11; the row is open at the end of input.
f = MonFile()
add_configuration(f)
f.add("S", merged(1) + end(60))
f.add("S", merged(2, late=(0, 7)) + end(120))
fallen = merged(3, skip=[(0, 8)]) + [record(0, 8, at(180, 500000), SYTUSR_CALUPTCT=1)]
f.add("S", fallen + end(180))
f.add("S", merged(4, skip=[(0, 8)]) + [record(0, 8, at(240, 500000), SYTUSR_CALUPTCT=60)])
add_configuration(f, second=270)
f.add("S", merged(5, skip=[(0, 8)]) + [record(0, 8, at(300, 500000), SYTUSR_CALUPTCT=90)])
f.end().write("y.mon")
rows = reduce("y.mon").rows("VMXSGP00")
same("quality", [r["QUALITY"] for r in rows], ["first", "ok", "reset", "ok", "ok"])
compare("all parts", rows[:2], [wanted(1, "first"), wanted(2, "ok", 1)])
compare("one counter fell", rows[2:3], [wanted(3, "reset")])
compare("no 1/11", rows[3:], [{**wanted(4, "ok", 3), "SYTUSR_CALUPTCT": 59},
                              {**wanted(5, "ok", 4), "SYTUSR_CALUPTCT": 30}])
same("begin", [r["VMCINTTS"] for r in rows], [clock(0, 4), clock(65), clock(125), clock(185), clock(270, 4)])

# Sums.  Two processors (one of them a second late), three users of which one has two processors and one does nothing,
# three channel paths, two users with expanded storage.
USER_S, SYSTEM_S, GUEST_S, WAIT_S = [(10, 22, 30), (5, 9, 20)], [(3, 4, 7), (1, 3, 8)], [(6, 16, 20),
        (2, 5, 9)], [(40, 70, 99), (50, 99, 130)]
TOTAL = {("BUSY", 0): (10, 14, 20), ("BUSY", 1): (3, 4, 4), ("CPONLY", 0): (1, 2, 2), ("IDLE", 0): (7, 7, 7)}
VIRTUAL = {("BUSY", 0): (8, 11, 15), ("BUSY", 1): (2, 3, 3), ("CPONLY", 0): (0, 0, 0), ("IDLE", 0): (6, 6, 6)}
# In queue: dispatch list (37) and eligible list (21); what else stands there is dormant.  80: the base processor.
LIST = {"BUSY": 0x37, "CPONLY": 0x21, "IDLE": 0x0F}
WORKING = {("BUSY", 0): 1000, ("BUSY", 1): 1000, ("CPONLY", 0): 200, ("IDLE", 0): 30}
CHANNEL = {0: (0, 0, 0), 0x1A: (100, 130, 145), 0xFF: (0, 20, 80)}
SAMPLES = (1000, 1060, 1120)
READS, WRITES = [(5, 10, 20), (100, 150, 180)], [(1, 2, 3), (10, 40, 90)]
DOWN = 0x7FFFFFFF << 32
f = MonFile()
add_configuration(f)
for n in range(3):
    second = 60 * (n + 1)
    records = [record(0, 3, at(second))]
    for cpu in (0, 1):
        records += [record(0, 1, at(second + cpu), SYTSYP_PFXCPUAD=cpu, SYTSYP_PLSPIOPR=READS[cpu][n],
                           SYTSYP_PLSPIOPW=WRITES[cpu][n]),
                    processor(second + (cpu if n == 2 else 0), cpu, SYTPRP_PFXUTIME=timer(USER_S[cpu][n]),
                              SYTPRP_PFXTMSYS=timer(SYSTEM_S[cpu][n]), SYTPRP_PFXPRBTM=DOWN - timer(GUEST_S[cpu][n]),
                              SYTPRP_PFXTOTWT=timer(WAIT_S[cpu][n]))]
    busy = [0] * 256
    for path, count in CHANNEL.items():
        busy[path] = count[n]
    records.append(record(0, 9, at(second), SYTCPC_HFCOUNT=SAMPLES[n],
                          entries=[(24 + 4 * path, {"SYTCPC_HFCHBUSY": busy[path]}) for path in range(256)]))
    records += [record(3, 10, at(second), STOXSU_VMDUSER=name, STOXSU_CALXSTOR=size, STOXSU_CALXSLIM=2 * size)
                for name, size in (("BUSY", 40 + n), ("IDLE", 8))]
    records += [user(second, *key, USEACT_VMDTTIME=timer(TOTAL[key][n]), USEACT_VMDVTIME=timer(VIRTUAL[key][n]),
                     USEACT_VMDWSSPR=WORKING[key], USEACT_VMDSLIST=LIST[key[0]],
                     USEACT_CALFLAG1=0x00 if key[1] else 0x80) for key in TOTAL]
    f.add("S", records + [record(1, 11, at(second, 2000000))])
f.end().write("z.mon")
rows = reduce("z.mon").rows("VMXSGP00")


def total(readings, n):
    return sum(one[n] - one[n - 1] for one in readings)


sums = [row("first", None, SGP002TM=None, SGP_CPUS=2, SGP_CPU_USER_S=None, CPU_PCT=None, SGP_CHANNEL_BUSY_MAX=None,
            SGPESWSS=1200, SGP_USERS=3, SGP_STOXSU_CALXSTOR=48, SGP_STOXSU_USERS=2)]
for n in (1, 2):
    elapsed = (120, 121)[n - 1]  # two processors of 60 s each; one record was a second late
    busy = total(USER_S, n) + total(SYSTEM_S, n)
    sums.append(row(
        "ok", 60, SGP002TM=Fraction(elapsed), SGP_CPUS=2, SGP_CPU_USER_S=Fraction(total(USER_S, n)),
        SGP_CPU_SYSTEM_S=Fraction(total(SYSTEM_S, n)), SGP_CPU_EMUL_S=Fraction(total(GUEST_S, n)),
        SGP_CPU_WAIT_S=Fraction(total(WAIT_S, n)), CPU_PCT=100 * busy / elapsed, CPUS_BUSY=2 * busy / elapsed,
        USER_PCT=100 * total(USER_S, n) / elapsed, EMUL_PCT=100 * total(GUEST_S, n) / elapsed,
        CP_PCT=100 * (busy - total(GUEST_S, n)) / elapsed, TV_RATIO=busy / total(GUEST_S, n),
        SGP_PLSPIOPR=total(READS, n), PAGE_PER_S=(total(READS, n) + total(WRITES, n)) / 60,
        SGP_GUEST_CPU_S=Fraction(total(TOTAL.values(), n)),
        SGPACTIV=len({k[0] for k, t in TOTAL.items() if t[n] > t[n - 1]}),
        SGPACTVV=len({k[0] for k, t in VIRTUAL.items() if t[n] > t[n - 1]}),
        SGPESWSS=1000 + 200, SGP_USERS=3,
        SYTCPC_HFCOUNT=SAMPLES[n] - SAMPLES[n - 1], SGP_CHANNELS=sum(c[n] > c[n - 1] for c in CHANNEL.values()),
        SGP_CHANNEL_BUSY_SAMPLES=total(CHANNEL.values(), n),
        SGP_CHANNEL_BUSY_MAX=max(100 * (c[n] - c[n - 1]) / (SAMPLES[n] - SAMPLES[n - 1]) for c in CHANNEL.values()),
        CHANNEL_BUSY_PCT=100 * total(CHANNEL.values(), n) / (sum(c[n] > c[n - 1] for c in CHANNEL.values())
                                                             * (SAMPLES[n] - SAMPLES[n - 1])),
        SGP_STOXSU_CALXSTOR=48 + n, SGP_STOXSU_CALXSLIM=2 * (48 + n), SGP_STOXSU_USERS=2))
compare("sums", rows, sums)
told()
