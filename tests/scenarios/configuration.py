# SPDX-License-Identifier: Apache-2.0
"""Rows of the configuration: one of the system a monitor start, the others one a record with its number in RECORD."""
from mkmon import MonFile, at, record, timer
from scenes import add_configuration, clock, processor, sample
from story import compare, reduce, row, same, told

f = MonFile()


def start(second, interval, without=()):
    """A set with three processors; the first 1/5 of the set is not the one with the lowest address."""
    f.add("E", [record(1, 1, at(second), MTREPR_EDOMAINS=0x7E)])
    records = [record(1, 4, at(second, 10), MTRSYS_SYSTMID="HERE", MTRSYS_SYSTODST=at(-9999),
                      MTRSYS_LPARNAME="LPAR3")]
    records += [record(1, 5, at(second, 20 + place), MTRPRP_PFXCPUAD=cpu, MTRPRP_PFXIDSER=serial,
                       MTRPRP_PFXIDMDL="3931")
                for place, (cpu, serial) in enumerate(((4, "ABCDEF"), (0, "ABCDEF"), (1, "ABCDEF")))]
    records += [record(1, 6, at(second, 30), MTRDEV_RDEVSID=0x10009, MTRDEV_RDEVDEV=0x1E09, MTRDEV_RDEVSER="VOL001"),
                record(1, 7, at(second, 40), MTRMEM_SYSGTORS=1 << 33),
                record(1, 8, at(second, 45), MTRPAG_RDEVDEV=0x300),
                record(1, 9, at(second, 50), MTRSPR_INTERVAL=interval),
                record(1, 15, at(second, 55), MTRUSR_VMDUSER="U1"),
                record(1, 16, at(second, 56), MTRSCH_SRMTSLIC=timer(0, 5000)),
                record(1, 17, at(second, 57), MTRXSG_SYSXTSIZ=77)]
    f.add("S", [one for one in records if int.from_bytes(one[6:8], "big") not in without]
          + [record(1, 11, at(second, 99))])


start(0, 60)
f.add("E", [record(2, 7, at(10), SCLSRM_SRMTSLIC=timer(0, 7000)), record(3, 7, at(11), STOATC_RDEVDEV=0x301),
            record(3, 5, at(12), STOSHS_SDFFN="SEG1"), record(3, 6, at(13), STOSHP_SDFFN="SEG2"),
            record(4, 1, at(14), USELON_VMDUSER="U2"), record(4, 5, at(15), USEDFC_VMDUSER="U2", USEDFC_VMDCPUAD=1),
            record(4, 7, at(16), USERDC_VMDUSER="U2"), record(4, 6, at(17), USEDTC_VMDUSER="U2", USEDTC_VMDCPUAD=1),
            record(4, 2, at(18), USELOF_VMDUSER="U2", USELOF_CALCPPGR=12345),
            record(5, 1, at(19), PRCVON_PFXCPUAD=7), record(5, 2, at(20), PRCVOF_PFXCPUAD=7),
            record(5, 6, at(21), PRCCFN_PFXCPUAD=1), record(5, 7, at(22), PRCCFF_PFXCPUAD=1),
            *(record(6, number, at(20 + number), **{name + "_RDEVSID": 0x10000 + number})
              for number, name in ((1, "IODVON"), (2, "IODVOF"), (5, "IODATD"), (6, "IODDTD"), (7, "IODENB"),
                                   (8, "IODDSB"),
                                   (9, "IODATS"))), record(1, 11, at(31))])
sample(f, 60, [processor(60, 0)])
start(100, 30, without=(9,))
sample(f, 160, [processor(160, 0)])
start(200, 30, without=(7, 17))  # not of those that must be there
f.end().write("x.mon")
out = reduce("x.mon", code=4)

compare("system", out.rows("VMXSCF00"), [
    row("ok", None, ENDTS=clock(0, 57), VMCINTTS=None, MTREPR_EDOMAINS="0x7E", MTRSYS_SYSTMID="HERE",
        MTRSYS_LPARNAME="LPAR3",
        MTRPRP_PFXCPUAD=4, MTRPRP_PFXIDSER="ABCDEF", MTRMEM_SYSGTORS=1 << 33, MTRSPR_INTERVAL=60, MTRXSG_SYSXTSIZ=77, PROCESSORS=3),
    row("partial", None, ENDTS=clock(100, 57), MTRSPR_INTERVAL=None, MTRXSG_SYSXTSIZ=77, MTRSYS_SYSTMID="HERE"),
    row("ok", None, ENDTS=clock(200, 50), MTRSPR_INTERVAL=30, MTRMEM_SYSGTORS=None, MTRXSG_SYSXTSIZ=None)])


def listed(name, field, **values):
    """RECORD and one field of each row, the first set and its events."""
    return [(r["RECORD"], next((r[c] for c in field.split() if r[c]), "")) for r in out.rows(name)
            if r["ENDTS"] < clock(90)]


same("processors",
     listed("VMXPCF00", "MTRPRP_PFXCPUAD PRCVON_PFXCPUAD PRCVOF_PFXCPUAD PRCCFN_PFXCPUAD PRCCFF_PFXCPUAD"),
     [("1/5", "4"), ("1/5", "0"), ("1/5", "1"), ("5/1", "7"), ("5/2", "7"), ("5/6", "1"), ("5/7", "1")])
same("devices",
     listed("VMXDCF00", " ".join(n + "_RDEVSID" for n in ("MTRDEV", "IODVON", "IODVOF", "IODATD", "IODDTD", "IODENB",
                                                                    "IODDSB", "IODATS"))),
     [("1/6", "0x00010009")] + [("6/%d" % n, "0x0001%04X" % n) for n in (1, 2, 5, 6, 7, 8, 9)])
same("volumes", listed("VMXACF00", "MTRPAG_RDEVDEV STOATC_RDEVDEV"), [("1/8", "0x0300"), ("3/7", "0x0301")])
same("users",
     listed("VMXVXF00", "MTRUSR_VMDUSER USELON_VMDUSER USEDFC_VMDUSER USERDC_VMDUSER USEDTC_VMDUSER USELOF_VMDUSER"),
     [("1/15", "U1"), ("4/1", "U2"), ("4/5", "U2"), ("4/7", "U2"), ("4/6", "U2"), ("4/2", "U2")])
same("scheduler", [r for r, _ in listed("VMXSCX00", "SYSID")], ["1/16", "2/7"])
same("segments", listed("VMXXSF00", "STOSHS_SDFFN STOSHP_SDFFN"), [("3/5", "SEG1"), ("3/6", "SEG2")])
# Counters of events are as recorded, and no row of these tables has differences.
compare("as recorded", out.rows("VMXVXF00", RECORD="4/2"), [row("ok", None, USELOF_CALCPPGR=12345)])
for name in ("VMXPCF00", "VMXDCF00", "VMXACF00", "VMXVXF00", "VMXSCX00", "VMXXSF00"):
    same(name, {(r["QUALITY"], r["DURATION"], r["SYSID"]) for r in out.rows(name)}, {("ok", "", "HERE")})

# Joined per processor: eight parts; the processor whose 5/3 is missing is partial, one that never has a 0/5 is not.
PARTS = {(0, 1): ("SYTSYP", "PLSCTSS"), (0, 2): ("SYTPRP", "PFXRUNCP"), (0, 4): ("SYTRSP", "PLSPRQDF"),
         (0, 5): ("SYTXSP", "PLSPGIN"),
         (0, 11): ("SYTCOM", None), (0, 13): ("SYTSCP", None), (3, 2): ("STORSP", "PLSALNCT"),
         (5, 3): ("PRCPRP", None)}
g = MonFile()
add_configuration(g)
for n in range(3):
    records = []
    for place, ((domain, number), (prefix, counter)) in enumerate(PARTS.items()):
        for cpu in (0, 1):
            if (cpu, domain, number) == (1, 0, 5) or (cpu, domain, number, n) == (0, 5, 3, 2):
                continue
            values = {prefix + "_PFXCPUAD": cpu}
            if counter:
                values[prefix + "_" + counter] = 1000 * cpu + (number + 1) * (n + cpu) * n
            records.append(record(domain, number, at(60 * n + 60, 100 * place + cpu), **values))
    records += [record(6, 4, at(60 * n + 60, 5000 + k), IODCAD_RDEVSID=0x10050 + k) for k in (0, 1)]
    sample(g, 60 * n + 60, records)
g.end().write("y.mon")
out = reduce("y.mon")
for cpu in (0, 1):
    rows = []
    for n in range(3):
        last = 600 if cpu == 0 and n == 2 else 700
        wanted = row(("first", "ok", "partial" if cpu == 0 else "ok")[n], None, ENDTS=clock(60 * n + 60, last + cpu),
                     PFXCPUAD=cpu)
        wanted["DURATION"] = None if n == 0 else "60.000000" if last == 700 else "59.999900"
        for (domain, number), (prefix, counter) in PARTS.items():
            if counter:
                there = n > 0 and not (cpu == 1 and (domain, number) == (0, 5))
                more = (number + 1) * ((n + cpu) * n - (n - 1 + cpu) * (n - 1))
                wanted[prefix + "_" + counter] = more if there else None
        rows.append(wanted)
    compare("joined, processor %d" % cpu, out.rows("VMXSPP", PFXCPUAD=cpu), rows)
same("cached devices", [(r["ENDTS"], r["VMXDVSID"]) for r in out.rows("VMXCDI")],
     [(r["ENDTS"], r["VMXDVSID"]) for r in out.rows("VMXCDIT1")])
same("cached devices: number", len(out.rows("VMXCDI")), 6)
told()
