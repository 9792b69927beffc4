# SPDX-License-Identifier: Apache-2.0
"""Each counter in turn falls, in one entity and one interval.

A long file without events: in every second interval the next counter of each kind of record falls to half of what it
was and
goes on from there.  What the rows lose is what the model says; besides, each fall is told by its field, once a run.
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

from fields import LAYOUTS  # noqa: E402
from monitor import header, samples, take_sets  # noqa: E402
from recompute import check, faults, finish  # noqa: E402

# All counters are raised by so much, so that there is something to fall from; all time of a user more, so that it stays
# above the guest's.
START = 1000


def chosen(domain, number, record):
    """(field, element, place of its entry) of counters that can fall for certain: 16-bit ones always look as if they
    had
    wrapped."""
    if domain == 1:
        return []
    variant, entry = "", 0
    fields = {f.name: f for f in LAYOUTS.fields(domain, number)}
    value = lambda name: fields[name].number(fields[name].raw(record, 0))
    if (domain, number) == (0, 16):
        entry = value("SYTCUP_CALCPUOF")
    elif (domain, number) == (0, 17):
        entry = value("SYTCUM_CALMIBOF")
    elif (domain, number) == (0, 18):
        entry = value("SYTCPM_CALOFFST")
    elif (domain, number) == (10, 2):
        variant = "LINUXKRNL-%02d" % record[41]
        entry = 52 + 52
    elif any(f.group for f in fields.values()):
        return []
    return [(f, n, entry if f.group else 0) for f in LAYOUTS.fields(domain, number, variant)
            if f.counter and f.type != "u16" for n in range(f.count)]


def put(record, field, n, base, value):
    at = base + field.offset + n * field.step
    record[at:at + field.length] = (value % (1 << 8 * field.length)).to_bytes(field.length, "big")


def main():
    with open(sys.argv[1], "rb") as f:
        sets = take_sets(f.read())
    ends = samples(sets)
    lower = {}          # (record, entity, field, element) -> how much lower it is since it fell
    fallen = {}         # (record, field) -> is it a known counter?
    last = {}
    result, sample = [], 0
    for place, (letter, records) in enumerate(sets):
        new, seen = [], {}
        sample += place in ends
        for one in records:
            domain, number, _ = header(one)
            fields = chosen(domain, number, one) if place in ends else []
            one = bytearray(one)
            kind = domain, number, one[41] if (domain, number) == (10, 2) else 0
            entity = seen.setdefault(kind, 0)
            seen[kind] += 1
            for k, (field, n, base) in enumerate(fields):
                raw = field.raw(one, base, n)
                if raw is None:
                    continue
                key = kind, entity, k
                scale = 4096 * 10**6 if field.type == "timer" else 1
                value = field.number(raw) + START * scale * (100 if "_VMDTT" in field.name else 1) - lower.get(key, 0)
                if sample == 3 + 2 * k and entity == k % 2 * (domain not in (3, 10)):
                    step = last[key] // 2 if field.direction != "down" else -(last[key] // 2)
                    if abs(step) > 100:
                        lower[key] = step + value - last[key]
                        value -= lower[key]
                        fallen[(domain, number), field.name] = field.known
                put(one, field, n, base, value)
                last[key] = value
            new.append(bytes(one))
        result.append((letter, new))
    check("falls", result)
    with open("out.changed/manifest.json", encoding="utf-8") as f:
        told = json.load(f)["falls"]
    told_by = {}
    for one in told:
        told_by.setdefault((one["record"], one["field"]), []).append(one)
        if len([other for other in told if (other["table"], other["field"]) == (one["table"], one["field"])]) > 1:
            faults.append("%s.%s is told of twice" % (one["table"], one["field"]))
    for ((domain, number), name), known in sorted(fallen.items()):
        mine = told_by.pop(("%d/%d" % (domain, number), name), [])
        if len(mine) != (2 if (domain, number) == (3, 14) else 1):     # two tables have 3/14
            faults.append("%d/%d %s fell: told of %d times" % (domain, number, name, len(mine)))
        for one in mine:
            if bool(one["reset"]) != known or bool(one["blank"]) == known:
                faults.append("%d/%d %s fell: %s, it is %s" % (domain, number, name, one,
                                                               "known" if known else "doubtful"))
    for key in told_by:
        faults.append("%s %s did not fall" % key)
    print("%d fields fell, %d of them known counters" % (len(fallen), sum(fallen.values())), file=sys.stderr)
    if len(fallen) < 360:
        faults.append("only %d fields" % len(fallen))
    finish()


main()
