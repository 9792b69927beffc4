# SPDX-License-Identifier: Apache-2.0
"""Whatever is broken in a file: the run ends with a return code of its own, and all sums of the manifest agree."""
import random
import subprocess
import sys

from account import PROGRAM, Wrong, check, load
from mkmon import BLOCK

SEED, ROUNDS = 61203, 200


def flip(draw, data):
    for _ in range(draw.choice((1, 5, 40))):
        data[draw.randrange(len(data))] = draw.randrange(256)


def aim(draw, data):
    """Numbers that decide where something is: in control records and at the front of pages."""
    page = draw.randrange(len(data) // BLOCK) * BLOCK
    for _ in range(draw.choice((1, 3))):
        at = page + draw.choice((0, 2, 4, 6, 12, 16, 40, 44, 48, 52, 56))
        data[at:at + 4] = draw.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", draw.randbytes(4)))


def overwrite(draw, data):
    at, length = draw.randrange(len(data)), draw.choice((20, 500, BLOCK, 3 * BLOCK))
    length = min(length, len(data) - at)
    data[at:at + length] = draw.choice((bytes(length), b"\xff" * length, draw.randbytes(length)))


def cut(draw, data):
    at = draw.randrange(len(data))
    del data[at:at + draw.choice((1, 20, 1000, BLOCK, 5 * BLOCK))]


def double(draw, data):
    at = draw.randrange(len(data) // BLOCK) * BLOCK
    data[at:at] = data[at:at + draw.choice((1, 2, 4)) * BLOCK]


def exchange(draw, data):
    a, b = (draw.randrange(len(data) // BLOCK) * BLOCK for _ in range(2))
    data[a:a + BLOCK], data[b:b + BLOCK] = data[b:b + BLOCK], data[a:a + BLOCK]


def truncate(draw, data):
    del data[draw.randrange(1, len(data)):]


with open("good.mon", "rb") as f:
    good = f.read()
draw = random.Random(SEED)
codes = {}
failed = 0
for n in range(ROUNDS):
    data = bytearray(good)
    done = [draw.choice((flip, aim, overwrite, cut, double, exchange, truncate))
            for _ in range(draw.choice((1, 1, 2, 4)))]
    for change in done:
        if len(data) >= BLOCK:
            change(draw, data)
    with open("damaged.mon", "wb") as f:
        f.write(data)
    what = "seed %d, round %d (%s)" % (SEED, n, " ".join(change.__name__ for change in done))
    run = subprocess.run([PROGRAM, "reduce", "-q", "-o", "out.%d" % n, "damaged.mon"], stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, check=False)
    codes[run.returncode] = codes.get(run.returncode, 0) + 1
    try:
        if run.returncode not in (0, 4, 8, 12):
            raise Wrong("return code %d %s" % (run.returncode, run.stderr.decode(errors="replace")[-300:]))
        check(load("out.%d" % n), run.returncode, "out.%d" % n)
    except Wrong as fault:
        print("%s: %s" % (what, fault))
        failed += 1
if codes.get(8, 0) < ROUNDS // 2:
    print("most rounds should have lost something: %r" % codes)
    failed += 1
print("%d damaged files, %d failed" % (ROUNDS, failed))
sys.exit(failed != 0)
