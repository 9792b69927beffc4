# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A transfer in blocks leaves a descriptor word in front of each block: no damage, whatever the size of the blocks.
python3 - <<'PYTHON'
import gzip
import json
import os
import random
import struct
import subprocess

from mkmon import MonFile, at, record, rdw
from scenes import add_configuration, processor, sample, table

f = MonFile()
add_configuration(f, cpus=30)
for n in range(1, 6):
    t = 60 * n
    sample(f, t, [processor(t, cpu, cpu, SYTPRP_PFXRUNCP=100 * n) for cpu in range(30)] +
           ([struct.pack(">HHBBHQ4x", 140, 0, 0xC3, 0, 19, at(t, 300)) + b"\x11" * 120] if n % 2 else []))
RECORDS = f.records()


def blocks(words, sizes, wide=False):
    """Records in blocks of so many each, the last size again and again; words: each behind a descriptor word of its own."""
    data, rest, n = b"", list(RECORDS), 0
    while rest:
        some, rest = rest[:sizes[min(n, len(sizes) - 1)]], rest[sizes[min(n, len(sizes) - 1)]:]
        n += 1
        body = rdw(some) if words else b"".join(some)
        size = len(body) + 4
        data += (struct.pack(">I", size | 1 << 31) if wide else struct.pack(">HH", size, 0)) + body
    return data


def reduce(data, name="x.mon"):
    with open(name, "wb") as out:
        out.write(data)
    done = subprocess.run([os.environ["MONREDUCE"], "reduce", "-o", "out", name], capture_output=True, text=True)
    with open("out/manifest.json") as m:
        manifest = json.load(m)
    return done, table("out", "VMXSP002"), manifest


wanted = reduce(f.form("bare"))[1]
assert len(wanted) == 150
numbers = random.Random(1)
SIZES = [("one record each", [1]), ("two each", [2]), ("forty each", [40]), ("one, then many", [1, 1, 1, 50]), ("all in one", [9999]),
         ("varying", [numbers.randint(1, 45) for _ in range(300)])]
for words in (True, False):
    for name, sizes in SIZES:
        for wide in (False, True):
            if not wide and name == "all in one":
                continue
            data = blocks(words, sizes, wide)
            for packed in (False, True):
                done, rows, manifest = reduce(gzip.compress(data) if packed else data)
                good = (done.returncode == 0 and "damage" not in done.stderr and rows == wanted
                        and manifest["inputs"][0]["records"] == len(RECORDS))
                if not good:
                    print(done.returncode, done.stderr[:500], len(rows), manifest["inputs"][0])
            print("%s, %s%s: %s" % ("RDW" if words else "bare", name, ", wide" if wide else "", "good" if good else "WRONG"))

# Cut anywhere: what is there is reduced; only the record that is cut is lost.
for words in (True, False):
    data = blocks(words, [7, 3, 12])
    ok = True
    for cut in [numbers.randrange(2000, len(data)) for _ in range(25)]:
        done, rows, manifest = reduce(data[:cut])
        lost = cut - sum(manifest["inputs"][0]["bytes"][k] for k in ("control", "records"))
        if rows != wanted[:len(rows)] or lost > 600 or done.returncode not in (0, 4, 8) or "MRD0125" in done.stderr:
            print(cut, done.returncode, lost, done.stderr[:300])
            ok = False
    print("cut: %s" % ("good" if ok else "WRONG"))

# The last block is filled up to the length that all have.
for words in (True, False):
    data = blocks(words, [40])
    verdicts = []
    for length in (800, 4096, 27998, 32760):
        done, rows, manifest = reduce(data + bytes(-len(data) % length))
        verdicts.append(done.returncode == 0 and rows == wanted and manifest["inputs"][0]["bytes"]["leftover"] == -len(data) % length)
    print("filled up: %s" % ("good" if all(verdicts) else verdicts))

# Real damage is still told, and costs no more than what is damaged and the record before the next good ones.
for words in (True, False):
    data = bytearray(blocks(words, [20]))
    place = data.index(RECORDS[100])
    data[place:place + 2] = b"\xff\xff"
    done, rows, _ = reduce(bytes(data))
    print("damaged: return code %d, %d of %d rows, %s" % (done.returncode, len(rows), len(wanted), "MRD0125E" in done.stderr))
PYTHON
