# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Forms of the native container that the format allows: all give the same table.
python3 - <<'PYTHON'
import struct

from mkmon import MonFile, at, record
from scenes import add_configuration, configuration, processor, sample

BLOCK = 4096


def records(n):
    return [processor(60 * n, cpu, SYTPRP_PFXRUNCP=100 * n) for cpu in range(60)] + [record(1, 11, at(60 * n, 900))]


def plain():
    f = MonFile()
    add_configuration(f, cpus=60)
    for n in range(1, 4):
        f.add("S", records(n))
    return f


plain().end().write("plain.mon")
plain().write("no-end.mon")
(plain().end().end()).write("two-ends.mon")

f = MonFile()
event, config = configuration(cpus=60)
f.add("E", event, "S", config, "S", records(1))
f.add("S", records(2), "S", records(3))
f.end().write("entries.mon")

# One entry a record: 61 entries in a control record, each with a block of its own.
f = MonFile()
add_configuration(f, cpus=60)
for n in range(1, 4):
    f.add(*[part for one in records(n) for part in ("S", [one])])
f.end().write("many-entries.mon")

# Data that starts inside a page: whole pages are written, or the bytes are moved to the front.
for name, moved in (("pages.mon", False), ("moved.mon", True)):
    f = MonFile(0x09001000 + 1000)
    event, config = configuration(cpus=60)
    for kind, what in (("E", event), ("S", config), ("S", records(1)), ("S", records(2)), ("S", records(3))):
        f.add(kind, what)
        image = f.blocks[-1][2]
        start = struct.unpack_from(">I", f.blocks[-1][1], 4)[0]
        lead = 0 if moved else start % BLOCK
        del f.data[f.controls[-1] + BLOCK:]
        f.data += b"\xaa" * lead + image
        f.data += b"\xaa" * (-len(f.data) % BLOCK)
        f.address = (f.address + BLOCK) // BLOCK * BLOCK + 1000
    f.end().write(name)
PYTHON
run reduce -o plain plain.mon
echo "rows: $(grep -c TESTVM plain/VMXSP002.csv)"
for name in no-end two-ends entries many-entries pages moved; do
    run reduce -o $name $name.mon | sed 's/\(at byte [0-9]*\): .*/\1/' | uniq -c -w 9 | sed 's/^ *//'
    diff -rq -x manifest.json plain $name && echo same
done
