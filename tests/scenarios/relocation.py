# SPDX-License-Identifier: Apache-2.0
"""Guests that are relocated (4/11): what they use elsewhere is not booked here (design, 10.15)."""
from mkmon import MonFile, at, record, timer
from scenes import add_configuration, clock, processor, sample
from story import compare, reduce, row, told, user

SECONDS = [60, 120, 180, 240, 300, 360]
AWAY = (3, 4)  # samples without the guests that left
USED = (10, 22, 31, 80, 92, 105)  # seconds of processor time; some of it elsewhere
# GONE leaves by 4/11 and returns; STAYS is to be relocated, but it is not; LOST is absent without a word; HERE is not
# of the matter.  All keep their logon time, as a relocated guest does.
GUESTS = ("GONE", "STAYS", "LOST", "HERE")


def present(name, n):
    return name in ("STAYS", "HERE") or n + 1 not in AWAY


def relocation(second, name, source, target, flags):
    return [record(4, 11, at(second), USERLS_RLOISSUER="MAINT", USERLS_RLOUSER=name, USERLS_RLOSRCSYS=source,
                   USERLS_RLODSTSYS=target, USERLS_RLOSTARTM=at(second), USERLS_RLOMAXT=120, USERLS_RLOMAXQ=10,
                   USERLS_LCLFLAGS=flags)]


def sampled(n):
    second = SECONDS[n]
    records = [processor(second, 0)]
    for name in filter(lambda one: present(one, n), GUESTS):
        # Two virtual CPUs each: the event names the guest alone.
        records += [user(second, name, cpu, USEACT_VMDTTIME=timer(USED[n]), USEACT_VMDVTIME=timer(USED[n] - 1))
                    for cpu in (0, 1)]
    return records


f = MonFile()
add_configuration(f, cpus=1)
for n, second in enumerate(SECONDS):
    sample(f, second, sampled(n))
    if second == 120:
        f.add("E", relocation(140, "GONE", "TESTVM", "OTHER", 0x80) + relocation(150, "STAYS", "TESTVM", "OTHER", 0x80))
    if second == 180:  # the other way round, and for a guest that this system does not know
        f.add("E", relocation(230, "GONE", "OTHER", "TESTVM", 0) + relocation(231, "NOBODY", "OTHER", "TESTVM", 0))
f.end().write("x.mon")
out = reduce("x.mon")

QUALITY = {  # of the first sample after the absence
    "GONE": "first", "LOST": "gap"}
for name in GUESTS:
    for cpu in (0, 1):
        wanted, last = [], None
        for n in filter(lambda k: present(name, k), range(len(SECONDS))):
            quality = "first" if n == 0 else QUALITY[name] if last != n - 1 else "ok"
            base = None if quality == "first" else last
            wanted.append({**row(quality), "ENDTS": clock(SECONDS[n])})
            for column, values in (("DURATION", SECONDS), ("USEACT_VMDTTIME", USED)):
                wanted[-1][column] = None if base is None else "%d.000000" % (values[n] - values[base])
            last = n
        compare("%s %d" % (name, cpu), out.rows("VMXVXU00", USEACT_VMDUSER=name, USEACT_VMDCPUAD=cpu), wanted)

compare("events", out.rows("VMR0411"), [
    {"ENDTS": clock(second), "USERLS_RLOUSER": name, "USERLS_RLOISSUER": "MAINT", "USERLS_RLOSRCSYS": source,
     "USERLS_RLODSTSYS": target, "USERLS_RLOSTARTM": clock(second), "USERLS_RLOMAXT": 120, "USERLS_RLOMAXQ": 10,
     "USERLS_LCLFLAGS": flags}
    for second, name, source, target, flags in ((140, "GONE", "TESTVM", "OTHER", "0x80"),
                                                (150, "STAYS", "TESTVM", "OTHER", "0x80"),
                                                (230, "GONE", "OTHER", "TESTVM", "0x00"),
                                                (231, "NOBODY", "OTHER", "TESTVM", "0x00"))])
told()
