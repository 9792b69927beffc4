# SPDX-License-Identifier: Apache-2.0
"""Files that lost records, kinds of records, intervals or their end, seeded: what is left of them, worked out again.

    damaged.py COPIES FILE...
"""
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

from monitor import header, parts, take_sets  # noqa: E402
from recompute import check, compare, finish, reduce  # noqa: E402

SEED = int(os.environ.get("SEED", "4711"))


def some(draw, sets):
    """Sample records here and there."""
    share = draw.choice((0.01, 0.05, 0.2))
    return [(kind, [one for one in records if kind == "E" or header(one)[0] == 1 or draw.random() > share])
            for kind, records in sets]


def kind_gone(draw, sets):
    """All records of a kind, in some intervals."""
    kinds = sorted({header(one)[:2] for kind, records in sets if kind == "S" for one in records if header(one)[0] != 1})
    gone = draw.choice(kinds)
    result = []
    for kind, records in sets:
        result.append((kind, [one for one in records if header(one)[:2] != gone] if draw.random() < 0.4 else records))
    return result


def entity_gone(draw, sets):
    """What one entity has to say, in some intervals."""
    all_ = [one for kind, records in sets for one in records if kind == "S" and header(one)[0] not in (1,)]
    chosen = draw.choice(all_)
    like = lambda one: header(one)[:2] == header(chosen)[:2] and one[20:30] == chosen[20:30]
    return [(kind, [one for one in records if not like(one)] if kind == "S" and draw.random() < 0.4 else records)
            for kind, records in sets]


def intervals(draw, sets):
    return [one for n, (what, group) in enumerate(parts(sets)) if what == "configuration" or draw.random() > 0.3
            for one in group]


def headless(draw, sets):
    """The file begins in mid-stream."""
    groups = parts(sets)
    if sum(what == "configuration" for what, _ in groups) > 1:      # whose first part is another system's then
        return sets
    return [one for _, group in groups[draw.randrange(1, max(2, len(groups) // 2)):] for one in group]


def events(draw, sets):
    """Nothing tells what happened."""
    begins = lambda records: any(header(one)[:2] == (1, 1) for one in records)
    return [(kind, records) for kind, records in sets if kind == "S" or begins(records)]


def main():
    draw = random.Random(SEED)
    files = []
    for path in sys.argv[2:]:
        with open(path, "rb") as f:
            files.append((os.path.basename(path)[:-4], f.read()))
    for n in range(int(sys.argv[1])):
        name, data = files[n % len(files)]
        damage = [some, kind_gone, entity_gone, intervals, events, headless, None][n // len(files) % 7]
        if damage:
            check("%s, copy %d (%s)" % (name, n, damage.__name__), damage(draw, take_sets(data)))
            continue
        data = data[:draw.randrange(len(data) // 3, len(data))]
        with open("cut.mon", "wb") as f:
            f.write(data)
        reduce("cut.mon", "out.cut")
        compare("%s, copy %d (cut)" % (name, n), take_sets(data), "out.cut")
    finish()


if __name__ == "__main__":
    main()
