# SPDX-License-Identifier: Apache-2.0
"""Counters that pass the end of their width, that fall, that run backwards, and that a record is too short for."""
from mkmon import MonFile, timer
from scenes import add_configuration, processor, sample
from story import compare, device, reduce, row, same, told

TOP32 = 1 << 32
TOP64 = 1 << 64


def file(name, samples, **how):
    f = MonFile()
    add_configuration(f, **how)
    for n, records in enumerate(samples):
        sample(f, 60 * (n + 1), records)
    f.end().write(name)
    return reduce(name)


# 32 bits: just past the end is a wrap; a fall to a small number is a new beginning, and blanks the whole row where the
# field is known to be a counter (entries), only itself where it is not (exits).
ENTRIES = [TOP32 - 1000, 234, 1234, 100, 600]  # +1234, +1000, fell by 1134, +500
SPINS = [10, 20, 30, 40, 50]
EXITS = [5000, 5001, 7, 9, 12]                 # +1, fell by 4994, (the row began anew), +3
out = file("wrap32.mon", [[processor(60 * (n + 1), 0, SYTPRP_PFXRUNCP=ENTRIES[n], SYTPRP_PFXSPINC=SPINS[n],
                                     SYTPRP_PFXRUNCI=EXITS[n])] for n in range(5)])
compare("32 bits, known and doubtful", out.rows("VMXSP002"), [
    row("first", SYTPRP_PFXRUNCI=None), row("ok", 60, SYTPRP_PFXRUNCI=1),
    row("ok", 60, SYTPRP_PFXRUNCI=None, SYTPRP_PFXRUNCP=1000, SYTPRP_PFXSPINC=10),
    row("reset", SYTPRP_PFXRUNCI=None), row("ok", 60, SYTPRP_PFXRUNCI=3)])
same("falls are told", (out.message("MRD0350I"), out.message("MRD0351I")), (1, 1))
compare("32 bits", out.rows("VMXSP002"), [
    row("first", SYTPRP_PFXRUNCP=None, SYTPRP_PFXSPINC=None),
    row("ok", 60, SYTPRP_PFXRUNCP=(ENTRIES[1] - ENTRIES[0]) % TOP32, SYTPRP_PFXSPINC=10),
    row("ok", 60, SYTPRP_PFXRUNCP=1000, SYTPRP_PFXSPINC=10),
    row("reset", SYTPRP_PFXRUNCP=None, SYTPRP_PFXSPINC=None),
    row("ok", 60, SYTPRP_PFXRUNCP=500, SYTPRP_PFXSPINC=10)])

# Differences that no minute can hold: 2^31 + 1 entries, or 700 million of them in 60 s.
for what, now, quality in (("half the range", 1 << 31, "reset"), ("700 million", 700_000_000, "reset"),
                           ("400 million", 400_000_000, "ok")):
    before = TOP32 - 10
    out = file("much.mon", [[processor(60, 0, SYTPRP_PFXRUNCP=before)],
                            [processor(120, 0, SYTPRP_PFXRUNCP=(before + now) % TOP32)]])
    compare("fall with " + what, out.rows("VMXSP002"), [
        row("first"), row("ok", 60, SYTPRP_PFXRUNCP=now) if quality == "ok" else row("reset", SYTPRP_PFXRUNCP=None)])

# 16 bits, beside counters of 32 bits that did not fall; and measured time of a device, which wraps as well.
out = file("wrap16.mon", [
    [device(60, 1, 0x1E01, IODDEV_SCMSSCH=65000, IODDEV_SCMCNTIM=TOP32 - 4, IODDEV_SCGSSCH=9)],
    [device(120, 1, 0x1E01, IODDEV_SCMSSCH=464, IODDEV_SCMCNTIM=1000, IODDEV_SCGSSCH=1009)],
    [device(180, 1, 0x1E01, IODDEV_SCMSSCH=463, IODDEV_SCMCNTIM=2000, IODDEV_SCGSSCH=66544)],
    # A connect time of an hour and a half in a minute cannot be, even with aliases.
    [device(240, 1, 0x1E01, IODDEV_SCMSSCH=470, IODDEV_SCMCNTIM=1999, IODDEV_SCGSSCH=66600)]])
compare("16 bits", out.rows("VMXXDV00"), [
    row("first"),
    row("ok", 60, IODDEV_SCMSSCH=(464 - 65000) % 65536, IODDEV_SCGSSCH=1000,
        IODDEV_SCMCNTIM="%.6f" % (1004 * 128e-6)),
    row("ok", 60, IODDEV_SCMSSCH=65535, IODDEV_SCGSSCH=65535, IODDEV_SCMCNTIM="%.6f" % (1000 * 128e-6)),
    row("reset", IODDEV_SCMSSCH=None, IODDEV_SCGSSCH=None, IODDEV_SCMCNTIM=None)])

# 64 bits never wrap: a fall is a new beginning.
out = file("wrap64.mon", [[processor(60, 0, SYTPRP_PFXSPINT=TOP64 - 100, SYTPRP_PFXSPINC=1)],
                          [processor(120, 0, SYTPRP_PFXSPINT=timer(1), SYTPRP_PFXSPINC=2)],
                          [processor(180, 0, SYTPRP_PFXSPINT=timer(3), SYTPRP_PFXSPINC=5)]])
compare("64 bits", out.rows("VMXSP002"), [
    row("first"), row("reset", SYTPRP_PFXSPINT=None, SYTPRP_PFXSPINC=None),
    row("ok", 60, SYTPRP_PFXSPINT="2.000000", SYTPRP_PFXSPINC=3)])

out = file("fall64.mon", [[processor(60 * (n + 1), 0, SYTPRP_PFXSPINT=timer(seconds), SYTPRP_PFXSPINC=n)]
                          for n, seconds in enumerate((50, 20, 25))])
compare("64 bits that fall", out.rows("VMXSP002"), [
    row("first"), row("reset", SYTPRP_PFXSPINT=None, SYTPRP_PFXSPINC=None),
    row("ok", 60, SYTPRP_PFXSPINT="5.000000", SYTPRP_PFXSPINC=1)])

# Directions: guest time runs backwards from a high value; the others are taken as they come.
HIGH = 0x7FFFFFFF << 32
GUEST = [HIGH, HIGH - timer(20), HIGH - timer(50), HIGH - timer(10)]  # the last one rose: a new beginning
USER = [timer(500), timer(510), timer(540), timer(545)]               # rising
SYSTEM = [HIGH, HIGH - timer(2), HIGH - timer(5), HIGH - timer(9)]    # falling
out = file("down.mon", [[processor(60 * (n + 1), 0, SYTPRP_PFXPRBTM=GUEST[n], SYTPRP_PFXUTIME=USER[n],
                                   SYTPRP_PFXTMSYS=SYSTEM[n])] for n in range(4)])
compare("directions", out.rows("VMXSP002"), [
    row("first", SYTPRP_PFXPRBTM=None, SYTPRP_PFXUTIME=None, SYTPRP_PFXTMSYS=None),
    row("ok", 60, SYTPRP_PFXPRBTM="20.000000", SYTPRP_PFXUTIME="10.000000", SYTPRP_PFXTMSYS="2.000000"),
    row("ok", 60, SYTPRP_PFXPRBTM="30.000000", SYTPRP_PFXUTIME="30.000000", SYTPRP_PFXTMSYS="3.000000"),
    row("reset", SYTPRP_PFXPRBTM=None, SYTPRP_PFXUTIME=None, SYTPRP_PFXTMSYS=None)])

# A time of direction auto across zero, and one that moved further than the clock in either direction.
WAIT = [timer(30), (timer(30) - timer(58)) % TOP64, (timer(30) - timer(100)) % TOP64, timer(3000)]
out = file("auto.mon", [[processor(60 * (n + 1), 0, SYTPRP_PFXTOTWT=WAIT[n])] for n in range(4)])
compare("direction auto", out.rows("VMXSP002"), [
    row("first", SYTPRP_PFXTOTWT=None), row("ok", 60, SYTPRP_PFXTOTWT="58.000000"),
    row("ok", 60, SYTPRP_PFXTOTWT="42.000000"), row("reset", SYTPRP_PFXTOTWT=None)])

# Lengths: 96 bytes end behind the spin time (92, 8) halfway, 104 hold the spins (100, 4), 150 are more than known.
out = file("lengths.mon", [[processor(60 * (n + 1), 0, length=length, SYTPRP_PFXRUNCP=100 * n, SYTPRP_PFXSPINC=7 * n,
                                      SYTPRP_PFXSPINT=timer(n), SYTPRP_PFXCPUTY=3)]
                           for n, length in enumerate((96, 96, 104, 150, 100, 108))])
compare("lengths", out.rows("VMXSP002"), [
    row("first", SYTPRP_PFXRUNCP=None, SYTPRP_PFXSPINC=None, SYTPRP_PFXSPINT=None, SYTPRP_PFXCPUTY=None),
    row("ok", 60, SYTPRP_PFXRUNCP=100, SYTPRP_PFXSPINC=None, SYTPRP_PFXSPINT=None, SYTPRP_PFXCPUTY=None),
    row("ok", 60, SYTPRP_PFXRUNCP=100, SYTPRP_PFXSPINC=None, SYTPRP_PFXSPINT=None, SYTPRP_PFXCPUTY=None),
    row("ok", 60, SYTPRP_PFXRUNCP=100, SYTPRP_PFXSPINC=7, SYTPRP_PFXSPINT="1.000000", SYTPRP_PFXCPUTY=3),
    row("ok", 60, SYTPRP_PFXRUNCP=100, SYTPRP_PFXSPINC=None, SYTPRP_PFXSPINT="1.000000", SYTPRP_PFXCPUTY=None),
    row("ok", 60, SYTPRP_PFXRUNCP=100, SYTPRP_PFXSPINC=None, SYTPRP_PFXSPINT="1.000000", SYTPRP_PFXCPUTY=3)])
told()
