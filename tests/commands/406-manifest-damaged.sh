# SPDX-License-Identifier: Apache-2.0
# Damage: the places stand in the manifest, and whatever is broken, the sums agree with the bytes of the file.
python3 - <<'PYTHON'
import random

from account import Wrong, agree, census, eventful, reduce, same

f = eventful()
good = f.form("native")


def broken(name, place, bytes_):
    data = bytearray(good)
    data[place:place + len(bytes_)] = bytes_
    with open(name, "wb") as out:
        out.write(data)


def damage(name, place, bytes_):
    broken(name, place, bytes_)
    m = reduce("out." + name, name)
    agree(m, census(name))
    same(name + " return code", m["return_code"], 8)
    return m


m = damage("record", f.offset_of(0, 2, 2), b"\0\3")
same("bad records", m["inputs"][0]["bad_records"] >= 1, True)
same("reasons", m["reasons"], ["MRD0113E"])
same("place", m["inputs"][0]["damage"][0]["offset"], f.offset_of(0, 2, 2))
m = damage("control", f.controls[3], b"\xff" * 60)
same("damaged", m["bytes"]["damaged"] >= 4096, True)
same("place", m["inputs"][0]["damage"][0]["offset"], f.controls[3])
m = damage("block", f.controls[2], b"\x5a" * 8192)
same("stretches", m["inputs"][0]["damaged_stretches"] >= 1, True)

seed = 20240315
draw = random.Random(seed)
for n in range(150):
    data = bytearray(good)
    for _ in range(draw.choice((1, 3, 10, len(good) // 100))):
        data[draw.randrange(len(data))] = draw.randrange(256)
    with open("random.mon", "wb") as out:
        out.write(data)
    try:
        counted = census("random.mon")
        if n % 10 == 0:
            agree(reduce("out.random.%d" % n, "random.mon"), counted)
    except Wrong as fault:
        print("seed %d, round %d: %s" % (seed, n, fault))
print("tried")
PYTHON
