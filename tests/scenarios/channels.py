# SPDX-License-Identifier: Apache-2.0
"""Channel paths: 0/9 by path, 0/18 by entry, both joined, and 0/20 with its three measurement groups."""
import struct

from mkmon import MonFile, at, record
from scenes import add_configuration, clock, processor, sample
from story import compare, reduce, row, same, told

SECONDS = [60, 120, 180]
COUNT = [1000, 1040, 1100]
BUSY = {0x00: (5, 5, 5), 0x1A: (100, 110, 170), 0xFF: (0, 40, 41)}
PATHS = {3: (10, 30, 35), 4: (1 << 31, (1 << 31) + 7, (1 << 31) + 9), 5: ((1 << 32) - 2, 98, 99)}  # entries of 0/18
INVALID = 0x80


def contention(n):
    entries = [(24 + 4 * path, {"SYTCPC_HFCHBUSY": BUSY[path][n] if path in BUSY else 0}) for path in range(256)]
    return record(0, 9, at(SECONDS[n]), entries=entries, SYTCPC_HFCOUNT=COUNT[n],
                  SYTCPC_HFCHSIM=[k * (n + 1) for k in range(51)])


def paths(n, place=32, length=8):
    raw = bytearray(record(0, 18, at(SECONDS[n], 5), place + 6 * length, SYTCPM_CHPATHCT=6, SYTCPM_CHPATHLN=length,
                           SYTCPM_CALOFFST=place))
    for path in range(6):
        struct.pack_into(">IB3s", raw, place + path * length, PATHS[path][n] if path in PATHS else 777,
                         0 if path in PATHS else INVALID, bytes([path, n, 9]))
    return bytes(raw)


def chpid(path):
    return "0x%02X" % path


f = MonFile()
add_configuration(f)
for n, second in enumerate(SECONDS):
    sample(f, second, [processor(second, 0), contention(n), paths(n, (32, 40, 32)[n], (8, 8, 12)[n])])
f.end().write("x.mon")
out = reduce("x.mon")

same("256 rows a sample", [len(out.rows("VMXCHC09", ENDTS=clock(second))) for second in SECONDS], [256, 256, 256])
same("numbered", [r["CHCHPID"] for r in out.rows("VMXCHC09", ENDTS=clock(60))], [chpid(k) for k in range(256)])


def check_contention(what, table, out, alone):
    """Counts are always there; the busy share only where no better record comes from the system (10.17)."""
    for path in (0x00, 0x1A, 0x33, 0xFF):
        busy = BUSY.get(path, (0, 0, 0))
        compare("%s, path %02X" % (what, path), out.rows(table, CHCHPID=chpid(path)), [
            row("first", SYTCPC_HFCHBUSY=None, SYTCPC_HFCOUNT=None, BUSY_PCT=None),
            *(row("ok", 60, SYTCPC_HFCHBUSY=busy[n] - busy[n - 1], SYTCPC_HFCOUNT=COUNT[n] - COUNT[n - 1],
                  BUSY_PCT=100 * (busy[n] - busy[n - 1]) / (COUNT[n] - COUNT[n - 1]) if alone else None)
              for n in (1, 2))])


check_contention("0/9", "VMXCHC09", out, False)
for path, units in PATHS.items():
    compare("0/18, path %d" % path, out.rows("VMXCHC18", CHCHPID=chpid(path)), [
        row("first", SYTCPM_CHPBUSY=None, SYTCPM_TSTMP="0x%02X0009" % path),
        *(row("ok", 60, SYTCPM_CHPBUSY="%.6f" % ((units[n] - units[n - 1]) % (1 << 32) * 128e-6),
              BUSY_PCT=100 * ((units[n] - units[n - 1]) % (1 << 32) * 128e-6) / 60,
              SYTCPM_TSTMP="0x%02X%02X09" % (path, n)) for n in (1, 2))])
same("0/18, rows", sorted({r["CHCHPID"] for r in out.rows("VMXCHC18")} - {chpid(k) for k in PATHS}), [])

joined = out.rows("VMXCHC", CHCHPID=chpid(3))
compare("joined", joined, [row("first", SYTCPC_HFCHBUSY=None), *(
    row("ok", 60, BUSY_PCT=None, SYTCPC_HFCHBUSY=0, SYTCPC_HFCOUNT=COUNT[n] - COUNT[n - 1], ENDTS=clock(SECONDS[n], 5),
        SYTCPM_CHPBUSY="%.6f" % ((PATHS[3][n] - PATHS[3][n - 1]) * 128e-6)) for n in (1, 2))])
same("joined: rows", len(out.rows("VMXCHC")), 3 * 256)
same("joined: path without an entry",
     {(r["QUALITY"], r["SYTCPM_CHPBUSY"]) for r in out.rows("VMXCHC", CHCHPID=chpid(255))[1:]},
     {("ok", "")})


# Another system of the same run that sends 0/9 alone: there the samples are all that is known of the paths.
f = MonFile()
add_configuration(f, system="ALONE", serial="054321")
for n, second in enumerate(SECONDS):
    sample(f, second, [processor(second, 0), contention(n)])
f.end().write("alone.mon")
check_contention("0/9 alone", "VMXCHC09", reduce("alone.mon"), True)
out = reduce("x.mon", "alone.mon")
for system, alone in (("TESTVM", False), ("ALONE", True)):
    rows = [r for r in out.rows("VMXCHC09", SYSID=system) if r["QUALITY"] == "ok"]
    same("two systems, %s" % system, [len(rows), {r["BUSY_PCT"] != "" for r in rows}], [2 * 256, {alone}])


# 0/20: one record a path.  Seven words whose meaning the characteristics tell.
def channel(n, path, group, words, place=36, length=32):
    raw = bytearray(record(0, 20, at(SECONDS[n]), place + 32 + length, SYTEPM_CALCHPID=path, SYTEPM_CALTYPE=0x1B,
                           SYTEPM_CALOFST1=place, SYTEPM_CALOFST2=place + 32, SYTEPM_CALLEN2=length))
    struct.pack_into(">B3s7I", raw, place, 0xFE, b"\1\2\3", *words)
    struct.pack_into(">B2xBBxBB4x5I", raw, place + 32, 0xA0, path, 0xF8, 2, group, 11, 22, 33, 44, 55)
    return bytes(raw)


WORDS = {1: ("ECMCPBT_CPC", "ECMCPBT"), 2: ("ECMBC_CPC", "ECMCCWU_CPC", "ECMCCWU", "ECMCDUW_CPC", "ECMCDUW",
                                            "ECMCDUR_CPC", "ECMCDUR"),
         3: ("ECMMSNT", "ECMMSNT_CPC", "ECMUATS", "ECMURB", "ECMURB_CPC", "ECMDUS", "ECMDUS_CPC")}
MAXIMA = {1: {}, 2: dict(zip(("CSCCMCMB", "CSCCMCMC", "CSCCMCMW", "CSCCMCMR", "CSCCMCMU"), (11, 22, 33, 44, 55))),
          3: dict(zip(("CSCCMCDU", "CSCCMCDP", "CSCCMCMS", "CSCCMCMP"), (11, 22, 33, 44)))}
f = MonFile()
add_configuration(f)


def reading(group, n):
    return [1000 * group + 10 * k + n * n * (k + group) for k in range(7)]


for n, second in enumerate(SECONDS):
    sample(f, second, [processor(second, 0), contention(n)] + [
        channel(n, 0x40 + group, group, reading(group, n), (36, 60, 36)[n]) for group in (1, 2, 3)])
f.end().write("y.mon")
out = reduce("y.mon")
every = {"SYTEPM_" + name for names in [*WORDS.values(), *MAXIMA.values()] for name in names}
for group in (1, 2, 3):
    rows = []
    for n in range(3):
        wanted = row("first", None) if n == 0 else row("ok", 60)
        wanted.update(dict.fromkeys(every), SYTEPM_CSCCMCMG=group, SYTEPM_CSCCMCCP=chpid(0x40 + group),
                      SYTEPM_ECMCUIV="0xFE")
        for k, name in enumerate(WORDS[group]):
            more = reading(group, n)[k] - reading(group, n - 1)[k]
            wanted["SYTEPM_" + name] = None if n == 0 else "%.6f" % (more * 128e-6) if group == 1 else more
        wanted.update({"SYTEPM_" + name: number for name, number in MAXIMA[group].items()})
        # Busy, by the formulas of RMF: time of 60 s (group 1), work units of the highest number of them (group 2).
        gain = [0] * 7 if n == 0 else [reading(group, n)[k] - reading(group, n - 1)[k] for k in range(7)]
        shares = dict.fromkeys(("BUSY_PCT", "OWN_BUSY_PCT", "BUS_PCT", "WRITE_BYTES_PER_S", "OWN_WRITE_BYTES_PER_S",
                                "READ_BYTES_PER_S", "OWN_READ_BYTES_PER_S"))
        if n > 0 and group == 1:
            shares.update(BUSY_PCT=100 * gain[0] * 128e-6 / 60, OWN_BUSY_PCT=100 * gain[1] * 128e-6 / 60)
        if n > 0 and group == 2:
            shares.update(BUS_PCT=100 * gain[0] / (11 * 60), BUSY_PCT=100 * gain[1] / (22 * 60),
                          OWN_BUSY_PCT=100 * gain[2] / (22 * 60), WRITE_BYTES_PER_S=gain[3] * 55 / 60,
                          OWN_WRITE_BYTES_PER_S=gain[4] * 55 / 60, READ_BYTES_PER_S=gain[5] * 55 / 60,
                          OWN_READ_BYTES_PER_S=gain[6] * 55 / 60)
        wanted.update(shares)
        rows.append(wanted)
    compare("0/20, measurement group %d" % group, out.rows("VMXCPM", SYTEPM_CALCHPID=chpid(0x40 + group)), rows)
check_contention("0/9 beside 0/20", "VMXCHC09", out, False)
told()
