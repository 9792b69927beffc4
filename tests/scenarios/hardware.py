# SPDX-License-Identifier: Apache-2.0
"""Processors and devices come and go: counters begin anew after a vary on, and for another device on a subchannel."""
from mkmon import MonFile, at, record, timer
from scenes import add_configuration, processor, sample
from story import compare, device, reduce, row, same, told

# Guest entries of two processors.  1 is varied off at 90 s and on at 150 s, and off and on again at 270 s and 280 s,
# each time with counters above those before.
ZERO = [1000, 1500, 2500, 2600, 3000, 3333]
ONE = [200, None, 900, 950, 7000, 7100]
f = MonFile()
add_configuration(f)
for n in range(6):
    second = 60 * (n + 1)
    if n == 1:
        f.add("E", [record(5, 2, at(90), PRCVOF_PFXCPUAD=1), record(1, 11, at(90))])
    if n == 2:
        f.add("E", [record(5, 1, at(150), PRCVON_PFXCPUAD=1, PRCVON_PFXIDSER="012345"), record(1, 11, at(150))])
    if n == 4:
        f.add("E", [record(5, 2, at(270), PRCVOF_PFXCPUAD=1), record(5, 1, at(280), PRCVON_PFXCPUAD=1),
                    record(1, 11, at(280))])
    records = []
    for cpu, count in ((0, ZERO), (1, ONE)):
        if count[n] is not None:
            records += [record(0, 1, at(second), SYTSYP_PFXCPUAD=cpu, SYTSYP_PLSCTSS=7 * count[n]),
                        processor(second, cpu, SYTPRP_PFXRUNCP=count[n], SYTPRP_PFXSPINT=timer(0, 1000 * count[n])),
                        record(3, 2, at(second), STORSP_PFXCPUAD=cpu, STORSP_PLSALNCT=3 * count[n]),
                        record(5, 3, at(second), PRCPRP_PFXCPUAD=cpu)]
    sample(f, second, records)
f.end().write("x.mon")
out = reduce("x.mon")

first = {0: [0], 1: [0, 2, 4]}
for cpu, count in ((0, ZERO), (1, ONE)):
    for name, key, column, factor in (("VMXSP001", "SYTSYP", "SYTSYP_PLSCTSS", 7),
                                      ("VMXSP002", "SYTPRP", "SYTPRP_PFXRUNCP", 1),
                                      ("VMXSP302", "STORSP", "STORSP_PLSALNCT", 3)):
        compare("%s of processor %d" % (name, cpu), out.rows(name, **{key + "_PFXCPUAD": cpu}), [
            row("first", **{column: None}) if n in first[cpu] else
            row("ok", 60, **{column: factor * (count[n] - count[n - 1])})
            for n in range(6) if count[n] is not None])
compare("spin time", out.rows("VMXSP002", SYTPRP_PFXCPUAD=1), [
    {"SYTPRP_PFXSPINT": want} for want in (None, None, "0.050000", None, "0.100000")])
same("processor events", [(one["RECORD"], one["PRCVOF_PFXCPUAD"] + one["PRCVON_PFXCPUAD"])
                          for one in out.rows("VMXPCF00") if one["RECORD"] != "1/5"],
     [("5/2", "1"), ("5/1", "1"), ("5/2", "1"), ("5/1", "1")])

# Devices: subchannel 1 stays, 2 is varied off and on, 3 gets another device number, 4 is only varied on (a path).
STAYS, VARIED, MOVED, PATH = [10, 20, 40, 80], [500, None, 600, 640], [7, 50, 90, 100], [1, 3, 6, 10]
f = MonFile()
add_configuration(f)
for n in range(4):
    second = 60 * (n + 1)
    if n == 1:
        f.add("E", [record(6, 2, at(90), IODVOF_RDEVSID=0x10002, IODVOF_RDEVDEV=0x1E02), record(1, 11, at(90))])
    if n == 2:
        f.add("E", [record(6, 1, at(150), IODVON_RDEVSID=0x10002, IODVON_RDEVDEV=0x1E02),
                    record(6, 1, at(151), IODVON_RDEVSID=0x10004, IODVON_RDEVDEV=0x1E04), record(1, 11, at(151))])
    sample(f, second, [device(second, subchannel, number + (0x100 if subchannel == 3 and n >= 2 else 0),
                              IODDEV_SCGSSCH=count[n], IODDEV_SCMCNTIM=100 * count[n])
                       for subchannel, number, count in ((1, 0x1E01, STAYS), (2, 0x1E02, VARIED), (3, 0x1E03, MOVED),
                                                         (4, 0x1E04, PATH)) if count[n] is not None])
f.end().write("y.mon")
out = reduce("y.mon")


def wanted(count, begins, numbers):
    rows = []
    for n in range(4):
        if count[n] is not None:
            new = n in begins
            rows.append(row("first" if new else "ok", None if new else 60, IODDEV_RDEVDEV=numbers[n],
                            IODDEV_SCGSSCH=None if new else count[n] - count[n - 1],
                            IODDEV_SCMCNTIM=None if new else "%.6f" % ((count[n] - count[n - 1]) * 100 * 128e-6)))
    return rows


compare("device that stays", out.rows("VMXXDV00", VMXDVSID="0x0001"), wanted(STAYS, [0], ["0x1E01"] * 4))
compare("device varied", out.rows("VMXXDV00", VMXDVSID="0x0002"), wanted(VARIED, [0, 2], ["0x1E02"] * 4))
compare("device redefined", out.rows("VMXXDV00", VMXDVSID="0x0003"),
        wanted(MOVED, [0, 2], ["0x1E03", "0x1E03", "0x1F03", "0x1F03"]))
compare("device with another path", out.rows("VMXXDV00", VMXDVSID="0x0004"), wanted(PATH, [0], ["0x1E04"] * 4))
compare("device configuration", out.rows("VMXDCF00"), [
    {"RECORD": "6/2", "IODVOF_RDEVDEV": "0x1E02"}, {"RECORD": "6/1", "IODVON_RDEVDEV": "0x1E02"},
    {"RECORD": "6/1", "IODVON_RDEVDEV": "0x1E04", "IODVON_RDEVSID": "0x00010004"}])
told()
