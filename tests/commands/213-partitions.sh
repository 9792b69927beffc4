# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# 0/15 is held for its 0/16 and 0/17; a row for each logical CPU, physical CPUs as PHYSICAL, a row for each partition.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import add_configuration, sample

f = MonFile()
add_configuration(f)
for n in range(1, 4):
    t = 60 * n

    def partition(name, number, cpus):
        return record(0, 16, at(t, 200 + number), 64 + 38 * len(cpus), SYTCUP_LCUPNAME=name, SYTCUP_LCUPPNUM=number,
                      SYTCUP_LCUPCPCT=len(cpus), SYTCUP_CALCPUOF=64, SYTCUP_CALCPULN=38, SYTCUP_LCUTCTOD=at(t),
                      entries=[(64 + 38 * i, {"SYTCUP_LCUCPUID": cpu, "SYTCUP_LCUCWGHT": 50, "SYTCUP_LCUCACTM": 10**7 * busy * n,
                                              "SYTCUP_LCUCLPTM": 9 * 10**6 * busy * n, "SYTCUP_LCXCPTYP": "CP"})
                               for i, (cpu, busy) in enumerate(cpus)])

    sample(f, t, [
        record(0, 15, at(t, 100), SYTCUG_LCUTNPAR=2, SYTCUG_LCUTPCCT=4, SYTCUG_LPARNAME="ONE"),
        partition("ONE", 1, [(0, 2), (1, 1)]), partition("TWO", 2, [(0, 3)]), partition("TWO", 2, [(1, 1)]),
        record(0, 17, at(t, 300), 64 + 2 * 26, SYTCUM_LCUPCPCT=2, SYTCUM_CALMIBOF=64, SYTCUM_CALMIBLN=26,
               SYTCUM_LCUTCTOD=at(t), entries=[(64 + 26 * i, {"SYTCUM_LCUMCPU": i, "SYTCUM_LCUMGTM": 10**6 * n * (i + 1),
                                                              "SYTCUM_LCUPTYPE": "CP"}) for i in range(2)])])
f.end().write("x.mon")
PYTHON
run reduce -o out x.mon
python3 - <<'PYTHON'
from scenes import clock, expect, table

rows = table("out", "VMXLCP00")
for name, cpu, number, busy in (("ONE", "0", 1, 2), ("ONE", "1", 1, 1), ("TWO", "0", 2, 3), ("TWO", "1", 2, 1)):
    expect([r for r in rows if (r["SYTCUP_LCUPNAME"], r["SYTCUP_LCUCPUID"]) == (name, cpu)],
           [{"ENDTS": clock(60 * n, 200 + number), "QUALITY": "first" if n == 1 else "ok", "SYTCUG_LCUTPCCT": 4,
             "SYTCUP_LCUCACTM": "" if n == 1 else "%d.000000" % (10 * busy),
             "SYTCUP_LCUCLPTM": "" if n == 1 else "%d.000000" % (9 * busy)} for n in range(1, 4)], "%s CPU %s" % (name, cpu))
expect([r for r in rows if r["SYTCUP_LCUPNAME"] == "PHYSICAL"],
       [{"SYTCUP_LCUCPUID": i, "SYTCUM_LCUMGTM": "" if n == 1 else "%d.000000" % (i + 1)} for n in range(1, 4) for i in range(2)],
       "physical")
partitions = table("out", "VMXLPR00")
for name, busy in (("ONE", 30), ("TWO", 40)):
    expect([r for r in partitions if r["SYTCUP_LCUPNAME"] == name],
           [{"ENDTS": clock(60 * n, 202 if name == "TWO" else 201), "QUALITY": "first" if n == 1 else "ok",
             "SYTCUP_LCUCACTM": "" if n == 1 else "%d.000000" % busy} for n in range(1, 4)], "partition " + name)
PYTHON
