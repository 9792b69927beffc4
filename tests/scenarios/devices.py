# SPDX-License-Identifier: Apache-2.0
"""Subchannel sets: devices with one subchannel number, told apart by the whole subchannel id (design, 10.13)."""
from mkmon import MonFile, at, record
from scenes import clock, processor, sample
from story import compare, reduce, row, same, told

SECONDS = [60, 120, 180, 240]
STAYS, VARIED = 0x00010200, 0x00030200  # subchannel 0200 of sets 0 and 1
NUMBER = {STAYS: 0x1200, VARIED: 0x1200}  # an alias in another set can even have the same device number
PATH = {STAYS: 0x40, VARIED: 0x41}
COUNTS = {STAYS: (7, 17, 37, 77), VARIED: (1000, 1100, 1, 501)}
OFF, ON = 130, 170  # the second one goes off and comes back, without a record of the first one


def hexed(number, digits):
    return "0x%0*X" % (digits, number)


def change(number, second, name, device, **values):
    return record(6, number, at(second), **{name + "_RDEVSID": device, name + "_RDEVDEV": NUMBER[device], **values})


f = MonFile()
f.add("E", [record(1, 1, at(0), MTREPR_EDOMAINS=0x40)])
f.add("S", [record(1, 4, at(0, 1), MTRSYS_SYSTMID="TESTVM", MTRSYS_SYSTODST=at(-86400), MTRSYS_SYSMTYPE="2097",
                   MTRSYS_SYSMMODL="E12"),
            record(1, 5, at(0, 2), MTRPRP_PFXCPUAD=0, MTRPRP_PFXIDSER="012345", MTRPRP_PFXIDMDL="2097"),
            *(record(1, 6, at(0, 2), MTRDEV_RDEVSID=one, MTRDEV_RDEVDEV=NUMBER[one], MTRDEV_RDEVLPM=0x80,
                     MTRDEV_RDEVCHPS=bytes([PATH[one]]) + bytes(7)) for one in (STAYS, VARIED)),
            record(1, 9, at(0, 3), MTRSPR_INTERVAL=60), record(1, 11, at(0, 4))])
for n, second in enumerate(SECONDS):
    records = [processor(second, 0), record(0, 9, at(second), entries=[(24 + 4 * path, {"SYTCPC_HFCHBUSY": n})
                                                                      for path in range(256)], SYTCPC_HFCOUNT=9 * n)]
    for one in (STAYS, VARIED):
        count = COUNTS[one][n]
        records += [record(3, 4, at(second), STOASP_RDEVSID=one, STOASP_RDEVDEV=NUMBER[one], STOASP_CALVSER="PAGE01",
                           STOASP_EXPCTPRD=count),
                    record(3, 11, at(second), STOASS_RDEVSID=one, STOASS_RDEVDEV=NUMBER[one], STOASS_SCGSSCH=count),
                    record(6, 3, at(second), IODDEV_RDEVSID=one, IODDEV_RDEVDEV=NUMBER[one], IODDEV_SCGSSCH=count),
                    record(6, 4, at(second), IODCAD_RDEVSID=one, IODCAD_STATUS=one >> 16)]
    sample(f, second, records)
    if second < OFF < second + 60:
        f.add("E", [change(2, OFF, "IODVOF", VARIED), change(6, OFF + 1, "IODDTD", STAYS),
                    change(5, OFF + 2, "IODATD", STAYS), change(7, OFF + 3, "IODENB", STAYS),
                    change(8, OFF + 4, "IODDSB", STAYS), change(9, OFF + 5, "IODATS", STAYS),
                    record(7, 1, at(OFF + 6), SEKSEK_RDEVSID=VARIED, SEKSEK_RDEVDEV=NUMBER[VARIED]),
                    change(1, ON, "IODVON", VARIED, IODVON_RDEVLPM=0x80,
                           IODVON_RDEVCHPS=bytes([PATH[VARIED]]) + bytes(7))])
f.end().write("x.mon")
out = reduce("x.mon")

for table, name, column in (("VMXXDV00", "IODDEV", "IODDEV_SCGSSCH"), ("VMXCPV00", "STOASP", "STOASP_EXPCTPRD"),
                            ("VMR0311", "STOASS", "STOASS_SCGSSCH")):
    for one, begins in ((STAYS, (0,)), (VARIED, (0, 2))):
        rows = out.rows(table, **{name + "_RDEVSID": hexed(one, 8)})
        wanted = []
        for n in range(4):
            more = None if n in begins else COUNTS[one][n] - COUNTS[one][n - 1]
            wanted.append({**row("first" if n in begins else "ok", None if n in begins else 60), column: more})
            if table != "VMR0311":
                wanted[n]["VMXDVSID"] = "0x0200"
        compare("%s %08X" % (table, one), rows, wanted)

compare("cached devices", out.rows("VMXCDI"), [
    {"IODCAD_RDEVSID": hexed(one, 8), "VMXDVSID": "0x0200", "IODCAD_STATUS": one >> 16, "ENDTS": clock(second)}
    for second in SECONDS for one in (STAYS, VARIED)])
compare("seeks", out.rows("VMXXDS00"), [{"SEKSEK_RDEVSID": hexed(VARIED, 8), "VMXDVSID": "0x0200"}])
compare("configuration", out.rows("VMXDCF00"), [
    {"RECORD": number, name + "_RDEVSID": hexed(one, 8), name + "_RDEVDEV": "0x1200", "VMXDVSID": "0x0200"}
    for number, name, one in (("1/6", "MTRDEV", STAYS), ("1/6", "MTRDEV", VARIED), ("6/2", "IODVOF", VARIED),
                              ("6/6", "IODDTD", STAYS), ("6/5", "IODATD", STAYS), ("6/7", "IODENB", STAYS),
                              ("6/8", "IODDSB", STAYS), ("6/9", "IODATS", STAYS), ("6/1", "IODVON", VARIED))])
with open(out.folder + "/VMXDCF00.csv", encoding="utf-8") as table:
    same("one column of all records", table.readline().split(",").count("VMXDVSID"), 1)

# Channel paths that are connected to a device: each path has its device, though both have one number.
chosen = reduce("--chp-sel", "x.mon")
same("chosen paths", [(r["ENDTS"], r["CHCHPID"]) for r in chosen.rows("VMXCHC09")],
     [(clock(second), path) for second in SECONDS for path in ("0x40", "0x41")])
told()
