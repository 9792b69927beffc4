# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# One file for each header field and fault.  The second of three samples is damaged; a small file has its control record
# at 24576 and its frame at 28672: 0/2 of CPU 0, 0/2 of CPU 1 and 1/11.
python3 - <<'PYTHON'
import collections
import os
import re
import struct
import subprocess

from mkmon import at
from scenes import small, table

f = small()
C, R = 24576, f.offset_of(0, 2, 2)
R2, END = f.offset_of(0, 2, 3), f.offset_of(1, 11, 2)
LENGTH = R2 - R
assert R == 28672 and f.data[C + 40] == 0xE2
START, LAST = struct.unpack_from(">II", f.data, C + 44)


def half(n):
    return struct.pack(">H", n)


def word(n):
    return struct.pack(">I", n)


def tod(n):
    return struct.pack(">Q", n)


CASES = [
    ("nothing", 0, b""),
    ("record length 0", R, half(0)),
    ("record length 19", R, half(19)),
    ("record length beyond the end", R, half(LAST - START + 2)),
    ("record length 65535", R, half(65535)),
    ("record length too short", R, half(LENGTH - 4)),
    ("record length too long", R, half(LENGTH + 4)),
    ("record length of the last too long", END, half(21)),
    ("zero half-word", R + 2, half(1)),
    ("domain 16", R + 4, b"\x10"),
    ("domain 15", R + 4, b"\x0f"),
    ("reserved byte 5", R + 5, b"\xff"),
    ("record number 0", R + 6, half(0)),
    ("record number 256", R + 6, half(256)),
    ("record number 250", R + 6, half(250)),
    ("clock 0", R + 8, tod(0)),
    ("clock of 1984", R + 8, tod(at(-40 * 365 * 86400))),
    ("reserved bytes 16-19", R + 16, word(0xFFFFFFFF)),
    ("second record, length 0", R2, half(0)),
    ("interrupt buffer: path, flags", C, b"\xff\xff\xff"),
    ("interrupt buffer: type", C + 3, b"\x00"),
    ("interrupt buffer: message, class", C + 4, b"\xff" * 8),
    ("control area: first address", C + 12, word(0x7FFFFFFF)),
    ("control area: last address", C + 16, word(0)),
    ("control area: size no multiple of 12", C + 16, word(0x0900000C)),
    ("control area: one entry too many", C + 16, word(0x09000017)),
    ("control area: 339 entries", C + 16, word(0x09000000 + 339 * 12 - 1)),
    ("interrupt buffer: rest", C + 20, b"\xff" * 20),
    ("entry: type", C + 40, b"\x00"),
    ("entry: domains", C + 41, b"\xff\xff\xff"),
    ("entry: start above end", C + 44, word(LAST + 1)),
    ("entry: end before the last record", C + 48, word(LAST - 20)),
    ("entry: end inside the second record", C + 48, word(LAST - 40)),
    ("entry: end inside the first record's header", C + 48, word(START + 9)),
    ("entry: end 2 GB away", C + 48, word(START + 0x7FFFFFFE)),
    ("all of the control record zero", C, bytes(4096)),
    ("all of the control record X'FF'", C, b"\xff" * 4096),
    ("all of the frame X'FF'", R, b"\xff" * 4096),
]
for n, (name, offset, patch) in enumerate(CASES):
    data = bytearray(f.form("native"))
    data[R + LAST - START + 1:R + 4096] = b"\xaa" * (4095 - LAST + START)
    data[offset:offset + len(patch)] = patch
    with open("x.mon", "wb") as out:
        out.write(data)
    done = subprocess.run([os.environ["MONREDUCE"], "reduce", "-o", "out%d" % n, "x.mon"], capture_output=True, text=True)
    rows = collections.defaultdict(list)
    for row in table("out%d" % n, "VMXSP002"):
        rows[row["SYTPRP_PFXCPUAD"]].append("%s %s" % (row["QUALITY"], row["SYTPRP_PFXRUNCP"] or "-"))
    print("%s: return code %d" % (name, done.returncode))
    for message in re.findall(r"^(MRD\d+[A-Z]) (?:x.mon at byte (\d+))?", done.stderr, re.M):
        print("    %s at %s" % message)
    for cpu in sorted(rows):
        print("    CPU %s: %s" % (cpu, ", ".join(rows[cpu])))
PYTHON
