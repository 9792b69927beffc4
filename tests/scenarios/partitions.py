# SPDX-License-Identifier: Apache-2.0
"""Partitions: 0/15 for its 0/16 and 0/17, a partition in several records, physical processors, packed and aligned."""
import struct

from mkmon import MonFile, at, record
from scenes import add_configuration, clock, sample
from story import compare, fail, reduce, row, same, told

SECONDS = [60, 120, 180]
MEASURED = [59.5, 118.75, 179.0]  # when the hypervisor measured: the base for shares, not the time of the record


def text(word):
    return word.encode("cp037").ljust(16, b"\x40")


def entry(aligned, cpu, weight, busy, own, kind):
    """40 bytes of one logical processor; times in microseconds."""
    return struct.pack(">HHB%dxQQ16s%dx" % ((3, 0) if aligned else (1, 2)), cpu, weight, 0x20, busy, own, kind)


def entries(domain, number, tod, at_byte, blocks, length=40, **values):
    """A record with its entries where the fields say."""
    raw = bytearray(record(domain, number, tod, at_byte + length * len(blocks), **values))
    for n, block in enumerate(blocks):
        raw[at_byte + n * length:at_byte + (n + 1) * length] = block.ljust(length, b"\xEE")
    return bytes(raw)


def partition(n, name, number, blocks, at_byte=64, length=40, micros=10, **values):
    fields = dict(SYTCUP_LCUPNAME=name, SYTCUP_LCUPPNUM=number, SYTCUP_LCUPCPCT=len(blocks), SYTCUP_CALCPUOF=at_byte,
                  SYTCUP_CALCPULN=length, SYTCUP_LCUTCTOD=at(0, round(MEASURED[n] * 10**6)),
                  SYTCUP_LCXPUPID=number + 64)
    return entries(0, 16, at(SECONDS[n], micros), at_byte, blocks, length, **{**fields, **values})


def physical(n, blocks, at_byte=36, length=28):
    return entries(0, 17, at(SECONDS[n], 20), at_byte, blocks, length, SYTCUM_LCUPCPCT=len(blocks),
                   SYTCUM_CALMIBOF=at_byte,
                   SYTCUM_CALMIBLN=length, SYTCUM_LCUTCTOD=at(0, round(MEASURED[n] * 10**6)))


# Microseconds dispatched (with and without overhead) of each logical processor at the three measurements, and the
# weight of its partition, which every one of its entries repeats.
CPUS = {
    ("PROD", 0): ([5_000_000, 35_123_456, 60_000_001], [4_900_000, 34_000_000, 58_000_000], 75),
    ("PROD", 1): ([1_000_000, 2_000_000, 2_500_000], [900_000, 1_800_000, 2_200_000], 75),
    ("PROD", 2): ([9_876_543, 60_000_000, 119_000_000], [9_000_000, 59_000_000, 117_654_321], 75),
    ("TEST", 0): ([700_000, 700_000, 900_000], [600_000, 600_000, 800_000], 10),
}
MANAGEMENT = {0: [100_000, 350_000, 475_000], 1: [40_000, 45_000, 60_000]}


def make(aligned, kind, at_byte=64, length=40):
    """Partition PROD stands in two records of each sample: processors 0 and 1, then 2.  EMPTY has no processors."""
    f = MonFile()
    add_configuration(f)
    for n, second in enumerate(SECONDS):
        block = {key: entry(aligned, key[1], weight, busy[n], own[n], kind) for key,
                 (busy, own, weight) in CPUS.items()}
        sample(f, second, [
            record(0, 15, at(second), SYTCUG_LCUTNPAR=2, SYTCUG_LPNUMBER=1, SYTCUG_LPARNAME="PROD", SYTCUG_CPUCOUNT=3,
                   SYTCUG_LCUTPCCT=2),
            partition(n, "TEST", 2, [block["TEST", 0]], at_byte, length),
            partition(n, "PROD", 1, [block["PROD", 0], block["PROD", 1]], at_byte, length, micros=11),
            partition(n, "PROD", 1, [block["PROD", 2]], at_byte, length, micros=12),
            partition(n, "EMPTY", 3, [], at_byte, length, micros=13),
            physical(n, [struct.pack(">HQ16s", cpu, MANAGEMENT[cpu][n], text("CP")) for cpu in (0, 1)])])
    return f.end()


def share(part, whole):
    return 100 * part / whole


def logical(name, cpu, first=(0,), micros=11, kind="CP"):
    """What the rows of a logical processor must hold; first: samples without differences."""
    busy, own, weight = CPUS[name, cpu]
    rows = []
    for n, second in enumerate(SECONDS):
        new = n in first
        elapsed = None if new else MEASURED[n] - MEASURED[n - 1]
        rows.append(row("first" if new else "ok", None if new else 60, ENDTS=clock(second, micros),
                        SYTCUP_LCUCWGHT=weight, SYTCUP_LCUCFLGS="0x20", SYTCUP_LCXCPTYP=kind, SYTCUG_LPARNAME="PROD",
                        SYTCUG_LCUTNPAR=2,
                        SYTCUP_LCUCACTM=None if new else "%.6f" % ((busy[n] - busy[n - 1]) / 1e6),
                        SYTCUP_LCUCLPTM=None if new else "%.6f" % ((own[n] - own[n - 1]) / 1e6),
                        SYTCUP_LCUTCTOD_ELAPSED=None if new else "%.6f" % elapsed,
                        BUSY_PCT=None if new else share((busy[n] - busy[n - 1]) / 1e6, elapsed)))
    return rows


def check_all(what, out, first=(0,), kind="CP"):
    for (name, cpu), micros in (((("TEST", 0)), 10), (("PROD", 0), 11), (("PROD", 1), 11), (("PROD", 2), 12)):
        compare("%s: %s processor %d" % (what, name, cpu),
                out.rows("VMXLCP00", SYTCUP_LCUPNAME=name, SYTCUP_LCUCPUID=cpu),
                logical(name, cpu, first, micros, kind))


out = make(False, text("CP"))
out.write("packed.mon")
out = reduce("packed.mon")
check_all("packed", out)
same("found out", out.message("MRD0315I"), 1)

# Physical processors are rows of their own; the columns of logical ones are empty but for name and address.
for cpu, times in MANAGEMENT.items():
    compare("physical processor %d" % cpu, out.rows("VMXLCP00", SYTCUP_LCUPNAME="PHYSICAL", SYTCUP_LCUCPUID=cpu), [
        row("first" if n == 0 else "ok", None if n == 0 else 60, SYTCUP_LCUCACTM=None, SYTCUP_LCUCWGHT=None,
            BUSY_PCT=None, SYTCUM_LCUPTYPE="CP", SYTCUM_LCUMCPU=cpu, SYTCUG_LCUTPCCT=2,
            SYTCUM_LCUMGTM=None if n == 0 else "%.6f" % ((times[n] - times[n - 1]) / 1e6)) for n in range(3)])
same("rows", len(out.rows("VMXLCP00")), 3 * (3 + 1 + 2))


def partition_row(name, cpus, n):
    """One row a partition: sums over its processors, from the readings."""
    keys = [(name, cpu) for cpu in range(cpus)]
    busy = sum(CPUS[key][0][n] - CPUS[key][0][n - 1] for key in keys) / 1e6
    own = sum(CPUS[key][1][n] - CPUS[key][1][n - 1] for key in keys) / 1e6
    elapsed = MEASURED[n] - MEASURED[n - 1]
    new = n == 0
    return row("first" if new else "ok", None if new else 60, CPUS=cpus,
               TYPES="CP", SYTCUP_LCUCWGHT=CPUS[name, 0][2],
               SYTCUP_LCUCACTM=None if new else "%.6f" % busy, SYTCUP_LCUCLPTM=None if new else "%.6f" % own,
               BUSY_PCT=None if new else 100 * busy / (cpus * elapsed), CPUS_BUSY=None if new else busy / elapsed,
               SYTCUG_LPARNAME="PROD", SYTCUG_LPNUMBER=1, SYTCUM_LCUMGTM=None)


for name, cpus in (("PROD", 3), ("TEST", 1)):
    compare("partition " + name, out.rows("VMXLPR00", SYTCUP_LCUPNAME=name),
            [partition_row(name, cpus, n) for n in range(3)])
# A partition without processors is active nowhere: it has a row all the same.
compare("a partition without processors", out.rows("VMXLPR00", SYTCUP_LCUPNAME="EMPTY"), [
    row("ok", None if n == 0 else 60, CPUS=0, TYPES=None, SYTCUP_LCUCWGHT=None, SYTCUP_LCUPPNUM=3, BUSY_PCT=None,
        SYTCUM_LCUMGTM=None) for n in range(3)])
same("partitions", sorted({r["SYTCUP_LCUPNAME"] for r in out.rows("VMXLPR00")}), ["EMPTY", "PHYSICAL", "PROD", "TEST"])


def type_row(keys, n, weights, readings=CPUS):
    """One row a partition and type: keys are its processors, weights those of all partitions for the type."""
    busy, own = (sum(readings[key][k][n] - readings[key][k][n - 1] for key in keys) / 1e6 for k in (0, 1))
    elapsed, new, weight = len(keys) * (MEASURED[n] - MEASURED[n - 1]), n == 0, readings[keys[0]][2]
    return row("first" if new else "ok", None if new else 60, CPUS=len(keys), SYTCUP_LCUCWGHT=weight,
               SYTCUP_LCUCACTM=None if new else "%.6f" % busy, SYTCUP_LCUCLPTM=None if new else "%.6f" % own,
               BUSY_PCT=None if new else 100 * busy / elapsed, SHARE_PCT=100 * weight / sum(weights),
               OVERHEAD_PCT=None if new else 100 * (busy - own) / elapsed)


# By type: the weights of all partitions are one whole, the physical processors and EMPTY are not among them.
for name, cpus in (("PROD", 3), ("TEST", 1)):
    compare("partition %s by type" % name, out.rows("VMXLPT00", SYTCUP_LCUPNAME=name, SYTCUP_LCXCPTYP="CP"),
            [type_row([(name, cpu) for cpu in range(cpus)], n, (75, 10)) for n in range(3)])
same("by type: rows", len(out.rows("VMXLPT00")), 2 * 3)

compare("all physical processors", out.rows("VMXLPR00", SYTCUP_LCUPNAME="PHYSICAL"), [
    row("first" if n == 0 else "ok", None if n == 0 else 60, CPUS=2, SYTCUP_LCUCACTM=None, BUSY_PCT=None,
        SYTCUM_LCUMGTM=None if n == 0 else "%.6f" % (sum(t[n] - t[n - 1] for t in MANAGEMENT.values()) / 1e6))
    for n in range(3)])

# Two types: a weight for each, shares of each pool by themselves, and no weight of the partition as a whole.
MIXED = {("PROD", 0, "CP"): ([0, 30_000_000, 40_000_000], [0, 29_000_000, 38_500_000], 60),
         ("PROD", 1, "CP"): ([0, 10_000_000, 50_000_000], [0, 9_500_000, 49_000_000], 60),
         ("PROD", 2, "IFL"): ([0, 50_000_000, 90_000_000], [0, 49_750_000, 89_000_000], 200),
         ("TEST", 0, "CP"): ([0, 1_000_000, 5_000_000], [0, 800_000, 4_000_000], 180),
         ("LINUX", 0, "IFL"): ([0, 20_000_000, 21_000_000], [0, 19_000_000, 20_000_000], 50),
         ("LINUX", 1, "IFL"): ([0, 2_000_000, 21_000_000], [0, 1_000_000, 20_000_000], 50)}
POOLS = {"CP": (60, 180), "IFL": (200, 50)}
f = MonFile()
add_configuration(f)
for n in range(3):
    sample(f, SECONDS[n], [record(0, 15, at(SECONDS[n]), SYTCUG_LPARNAME="PROD", SYTCUG_LPNUMBER=1)] + [
        partition(n, name, number, [entry(False, key[1], weight, busy[n], own[n], text(key[2])) for key,
                                    (busy, own, weight) in MIXED.items() if key[0] == name])
        for number, name in enumerate(("PROD", "TEST", "LINUX"), 1)])
f.end().write("types.mon")
out = reduce("types.mon")
for name, types, cpus, weight in (("PROD", "CP+IFL", 3, None), ("TEST", "CP", 1, 180), ("LINUX", "IFL", 2, 50)):
    compare("two types: %s" % name, out.rows("VMXLPR00", SYTCUP_LCUPNAME=name), [
        row("first" if n == 0 else "ok", None if n == 0 else 60, TYPES=types, CPUS=cpus, SYTCUP_LCUCWGHT=weight,
            BUSY_PCT=None if n == 0 else sum(t[0][n] - t[0][n - 1] for k, t in MIXED.items() if k[0] == name)
            / 1e4 / (cpus * (MEASURED[n] - MEASURED[n - 1]))) for n in range(3)])
    for kind in types.split("+"):
        compare("two types: %s of %s" % (kind, name),
                out.rows("VMXLPT00", SYTCUP_LCUPNAME=name, SYTCUP_LCXCPTYP=kind),
                [type_row([k for k in MIXED if k[::2] == (name, kind)], n, POOLS[kind], MIXED) for n in range(3)])
same("two types: rows", len(out.rows("VMXLPT00")), 4 * 3)

# Aligned entries, told by their text; and longer ones at another place.
make(True, text("IFL")).write("aligned.mon")
out = reduce("aligned.mon")
check_all("aligned", out, kind="IFL")
make(False, text("CP"), at_byte=100, length=64).write("further.mon")
check_all("further back and longer", reduce("further.mon"))

# No text in the entries: the times tell.  Until then no difference is shown.
make(False, b"\0" * 16).write("untold.mon")
check_all("packed, by times", reduce("untold.mon"), kind="")
make(True, b"\0" * 16).write("untold-aligned.mon")
out = reduce("untold-aligned.mon")
same("found out by times", out.message("MRD0315I"), 1)
for key, (busy, own, weight) in CPUS.items():
    rows = out.rows("VMXLCP00", SYTCUP_LCUPNAME=key[0], SYTCUP_LCUCPUID=key[1])
    same("rows of %s %d" % key, len(rows), 3)
    for n, one in enumerate(rows):
        for column, times in (("SYTCUP_LCUCACTM", busy), ("SYTCUP_LCUCLPTM", own)):
            if one[column] not in ("", "%.6f" % ((times[n] - times[n - 1]) / 1e6)):
                fail("aligned, by times: %s %d %s is %s in sample %d" % (*key, column, one[column], n + 1))
    if key[0] == "PROD":
        same("the last one of processor %d is there" % key[1], rows[2]["SYTCUP_LCUCACTM"] != "", True)

# A 0/16 without its 0/15 in a system that sends one: partial, its own fields are there.
f = MonFile()
add_configuration(f)
for n in range(3):
    block = entry(False, 0, 9, 1_000_000 * n, 900_000 * n, text("CP"))
    held = [record(0, 15, at(SECONDS[n]), SYTCUG_LPARNAME="PROD", SYTCUG_LPNUMBER=1)]
    sample(f, SECONDS[n], (held if n != 1 else []) + [partition(n, "PROD", 1, [block])])
f.end().write("lonely.mon")
out = reduce("lonely.mon")
compare("without its 0/15", out.rows("VMXLCP00"), [
    row("first", SYTCUG_LPARNAME="PROD"), row("partial", 60, SYTCUG_LPARNAME=None, SYTCUP_LCUCACTM="1.000000"),
    row("ok", 60, SYTCUG_LPARNAME="PROD", SYTCUP_LCUCACTM="1.000000")])

# Hostile places, lengths and numbers: rows only for entries that lie inside the record, nothing from outside.
for what, values, rows in (
        ("place before the record", dict(SYTCUP_CALCPUOF=-8), 0), ("place in the header", dict(SYTCUP_CALCPUOF=4), 0),
        ("place at the end", dict(SYTCUP_CALCPUOF=144), 0), ("place far behind", dict(SYTCUP_CALCPUOF=32767), 0),
        ("length zero", dict(SYTCUP_CALCPULN=0), 0), ("length negative", dict(SYTCUP_CALCPULN=-40), 0),
        ("no entries", dict(SYTCUP_LCUPCPCT=0), 0), ("more entries than there are", dict(SYTCUP_LCUPCPCT=255), 2),
        ("length of 6, the same address twice", dict(SYTCUP_CALCPULN=6), 1)):
    f = MonFile()
    add_configuration(f)
    for n in range(2):
        sample(f, SECONDS[n], [partition(n, "PROD", 1, [entry(False, cpu, 5, 1_000_000 * n, 1, text("CP"))
                                                        for cpu in range(2)], **values)])
    f.end().write("hostile.mon")
    same("hostile: %s" % what, len(reduce("hostile.mon").rows("VMXLCP00")), 2 * rows)

# A record that ends within its second entry: what lies inside is used, the type keyword is not there.
f = MonFile()
add_configuration(f)
for n in range(2):
    whole = partition(n, "PROD", 1, [entry(False, cpu, 5, 1_000_000 * n, 1, text("CP")) for cpu in range(2)])
    sample(f, SECONDS[n], [(len(whole) - 10).to_bytes(2, "big") + whole[2:-10]])
f.end().write("cut.mon")
compare("a cut entry", reduce("cut.mon").rows("VMXLCP00", SYTCUP_LCUCPUID=1), [
    row("first", SYTCUP_LCXCPTYP=None), row("ok", 60, SYTCUP_LCXCPTYP=None, SYTCUP_LCUCACTM="1.000000")])
told()
