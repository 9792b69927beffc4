# SPDX-License-Identifier: Apache-2.0
"""What several command tests read: a small system, and help to compare tables with what they must hold."""
import csv
import os
import sys

from mkmon import MonFile, at, record, timer

SYSTEM = "TESTVM"


def configuration(second=0, system=SYSTEM, serial="012345", cpus=2, interval=60, ipl=-86400, skip=()):
    """The event and the sample part of a configuration set; skip: record numbers of domain 1 that are left out."""
    event = [record(1, 1, at(second), MTREPR_EDOMAINS=0x40)]
    sample = [record(1, 4, at(second, 1), MTRSYS_SYSTMID=system, MTRSYS_SYSTODST=at(ipl), MTRSYS_SYSMTYPE="2097",
                     MTRSYS_SYSMMODL="E12")]
    sample += [record(1, 5, at(second, 2), MTRPRP_PFXCPUAD=cpu, MTRPRP_PFXIDSER=serial, MTRPRP_PFXIDMDL="2097")
               for cpu in range(cpus)]
    sample += [record(1, 9, at(second, 3), MTRSPR_INTERVAL=interval), record(1, 11, at(second, 4))]
    wanted = lambda one: int.from_bytes(one[6:8], "big") not in skip
    return list(filter(wanted, event)), list(filter(wanted, sample))


def add_configuration(f, **how):
    event, sample = configuration(**how)
    if event:
        f.add("E", event)
    f.add("S", sample)


def processor(second, cpu, micros=0, **values):
    return record(0, 2, at(second, micros), SYTPRP_PFXCPUAD=cpu, **values)


def user(second, name, cpu=0, micros=0, **values):
    return record(4, 3, at(second, micros), USEACT_VMDUSER=name, USEACT_VMDCPUAD=cpu,
                  **{"USEACT_" + key: value for key, value in {"CALTODON": at(-500), **values}.items()})


def sample(f, second, records):
    """A sample: its records and the 1/11 that ends it."""
    f.add("S", list(records) + [record(1, 11, at(second, 900))])


def small(**how):
    """Two processors, three samples a minute apart; run counts grow by 100 and 1000 a minute."""
    f = MonFile()
    add_configuration(f, **how)
    for n in range(1, 4):
        sample(f, 60 * n, [processor(60 * n, cpu, cpu, SYTPRP_PFXRUNCP=5 + n * (100, 1000)[cpu],
                                     SYTPRP_PFXUTIME=timer(n * 3), SYTPRP_PFXTMSYS=timer(n), SYTPRP_PFXTOTWT=timer(n * 56))
                           for cpu in range(2)])
    return f.end()


def table(folder, name):
    """Rows of a table, each a dictionary; an empty list where there is no file."""
    path = os.path.join(folder, name + ".csv")
    if not os.path.exists(path):
        return []
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, strict=True))


def expect(rows, wanted, what=""):
    """Print what differs; each wanted row names the columns that are compared."""
    ok = len(rows) == len(wanted)
    if not ok:
        print("%s: %d rows, expected %d" % (what, len(rows), len(wanted)))
    for n, (have, want) in enumerate(zip(rows, wanted)):
        for column, value in want.items():
            if have.get(column) != str(value):
                print("%s row %d %s: '%s', expected '%s'" % (what, n + 1, column, have.get(column), value))
                ok = False
    print("%s %s" % (what, "as expected" if ok else "WRONG"))
    return ok


def clock(second, micros=0):
    """A time as the tables show it."""
    return "2024-03-15 %02d:%02d:%02d.%06d" % (9 + second // 3600, second // 60 % 60, second % 60, micros)


if __name__ == "__main__":
    small().write(sys.argv[1], *sys.argv[2:])
