# SPDX-License-Identifier: Apache-2.0
"""One record of every layout, filled with numbers of its own: its table is there, and every cell is what was put in.

Sample records come twice, a minute apart: gauges, keys and texts are those of the second, counters the difference.
Read from the layouts are only place, type, unit and kind of the fields; what a cell must show is worked out here.
"""
import csv
import datetime
import glob
import os
import random
import re
import struct

from mkmon import TOP, MonFile, at, record, timer
from scenes import clock, configuration, sample
from story import fail, reduce, same, told

SEED = 7
SECONDS = {"us": 1, "128us": 128, "10ms": 10_000, "ms": 1000}  # microseconds of one unit
ELSEWHERE = {(1, 1), (1, 4), (1, 5), (1, 9), (1, 3),       # the configuration of this file, and suspensions
             (0, 15), (0, 16), (0, 17), (4, 8), (4, 10),   # held for others
             (0, 9), (0, 18), (0, 20), (0, 23), (5, 10),   # made of entries
             (10, 2),                                      # application data
             (4, 2), (4, 4), (3, 16)}                      # logoff; layout not known; ends the session of 3/3
draw = random.Random(SEED)


def load_layouts():
    found = {}
    for path in sorted(glob.glob(os.path.join(TOP, "schema", "layouts", "*.csv"))):
        match = re.fullmatch(r"(\d\d)-(\d\d)-[A-Z0-9]+\.csv", os.path.basename(path))
        if match:
            with open(path, newline="") as f:
                found[int(match[1]), int(match[2])] = [row for row in csv.DictReader(f) if not row["group"]]
    return found


def load_kinds():
    with open(os.path.join(TOP, "schema", "records.csv"), newline="") as f:
        return {(int(r["domain"]), int(r["record"])): r["kind"] for r in csv.DictReader(f) if not r["variant"]}


def load_tables():
    """Tables that show the fields of a record: of tables.csv, or its own."""
    tables = {}
    with open(os.path.join(TOP, "schema", "tables.csv"), newline="") as f:
        for row in csv.DictReader(f):
            if row["rule"] in ("record", "config", "merge", "start",
                               "control") and not row["variant"] and row["select"] == "all":
                for one in row["records"].split():
                    domain, number = one.split("/")
                    tables.setdefault((int(domain), int(number)), []).append((row["table"], row["rule"]))
    return tables


def is_counter(field):
    return field["semantic"] in ("counter", "duration-counter") and field["type"] in ("u16", "u32", "u64", "timer")


def readings(field, sampled):
    """Two values of a field (or element), the second as the counters of a minute later."""
    kind, size = field["type"], int(field["length"]) if field["length"].isdigit() else 0
    if kind == "char":
        return [("%s%03d" % ("ABCDE"[draw.randrange(5)], draw.randrange(1000)))[:size]] * 2
    if kind == "tod":
        return [at(-draw.randrange(1, 10**6), draw.randrange(10**6))] * 2
    if kind == "bcd":
        return ["".join(str(draw.randrange(10)) for _ in range(2 * size))] * 2
    if kind in ("bits", "bytes"):
        return [(draw.randbytes(size) if field["show"] != "ascii" else b"4.2".ljust(size) if size > 3 else b"R")] * 2
    if kind in ("s16", "s32"):
        return [draw.randrange(-1 << 8 * size - 1, 1 << 8 * size - 1)] * 2
    high = 1 << min(8 * size, 48)
    if not is_counter(field) or not sampled:
        return [draw.randrange(high // 2)] * 2
    if kind == "timer":
        before, more = timer(draw.randrange(10**6), draw.randrange(10**6)), timer(0, draw.randrange(5 * 10**7))
        return [before + more, before] if field["direction"] == "down" else [before, before + more]
    before, more = draw.randrange(high // 4), draw.randrange(1, 5000)
    return [before, before + more]


def shown(field, values, sampled):
    """The text of the cell."""
    before, now = values
    kind, unit = field["type"], field["unit"]
    if kind == "char":
        return now
    if kind == "tod":
        seconds, micros = divmod((now - at(0)) // 4096, 10**6)
        return day(seconds, micros)
    if kind == "bcd":
        return now
    if kind in ("bits", "bytes"):
        return now.decode("ascii").rstrip() if field["show"] == "ascii" else "0x" + now.hex().upper()
    number = now
    if sampled and is_counter(field):
        number = before - now if field["direction"] == "down" else now - before
    if kind == "timer":
        return "%d.%06d" % divmod(number // 4096, 10**6)
    if field["show"] == "hex":
        return "0x%0*X" % (2 * int(field["length"]), number)
    if unit in SECONDS:
        sign = "-" if number < 0 else ""
        return sign + "%d.%06d" % divmod(abs(number) * SECONDS[unit], 10**6)
    return str(number)


def day(second, micros):
    """scenes.clock() knows one day; these values lie before it."""
    then = datetime.datetime(2024, 3, 15, 9) + datetime.timedelta(seconds=second)
    return "%s.%06d" % (then.strftime("%Y-%m-%d %H:%M:%S"), micros)


def elements(field):
    count = int(field["array"].partition("/")[0] or 1)
    return count if field["array"] else 0


kinds, tables, known = load_kinds(), load_tables(), load_layouts()
def processor_times():
    """What a processor does in a minute: wait and work are no more than the minute (design: 10.3)."""
    values = {}
    for name, seconds in (("PFXUTIME", 17), ("PFXTMSYS", 8), ("PFXTOTWT", 34)):
        before, more = timer(draw.randrange(10**6), draw.randrange(10**6)), timer(seconds, draw.randrange(10**6))
        values["SYTPRP_" + name] = [before, before + more]
    return values


made = {}  # (domain, number): (first record, second record, {column: text})
for (domain, number), fields in known.items():
    if (domain, number) in ELSEWHERE:
        continue
    sampled = kinds[domain, number] == "sample"
    first, second, cells = {}, {}, {}
    # What the checks of 4/3 want, and what a processor can do.
    bound = {(4, 3): {"USEACT_VMDTTIME": [timer(900), timer(940)], "USEACT_VMDVTIME": [timer(300), timer(333)]},
             (0, 2): processor_times()}.get((domain, number), {})
    tail = [f for f in fields if not f["length"].isdigit()]
    for field in fields:
        if field in tail:
            continue
        values = [readings(field, sampled) for _ in range(elements(field) or 1)]
        if tail and field["name"] == tail[0]["length"]:
            values = [[17, 17]]  # the length of the text behind
        if field["name"] in bound:
            values = [bound[field["name"]]]
        if elements(field):
            first[field["name"]] = [v[0] for v in values]
            second[field["name"]] = [v[1] for v in values]
            for n, v in enumerate(values):
                cells["%s_%d" % (field["name"], n + 1)] = shown(field, v, sampled)
        else:
            first[field["name"]], second[field["name"]] = values[0]
            cells[field["name"]] = shown(field, values[0], sampled)
    for field in tail:
        raw = "TEXT IN A RECORD ".encode("cp037")
        first[field["name"]] = second[field["name"]] = raw
        cells[field["name"]] = "TEXT IN A RECORD" if field["type"] == "char" else "0x" + raw.hex().upper()
    made[domain, number] = (first, second, cells)

f = MonFile()
event, config = [], []
samples = [[], []]
when = {}
for place, ((domain, number), (first, second, cells)) in enumerate(made.items()):
    if kinds[domain, number] == "sample":
        when[domain, number] = clock(120, place)
        samples[0].append(record(domain, number, at(60, place), **first))
        samples[1].append(record(domain, number, at(120, place), **second))
    elif domain == 1:
        when[domain, number] = clock(0, 100 + place)
        config.append(record(domain, number, at(0, 100 + place), **second))
    else:
        when[domain, number] = clock(30, place)
        event.append(record(domain, number, at(30, place), **second))
opening, whole = configuration()
whole[-1] = whole[-1][:8] + struct.pack(">Q", at(1)) + whole[-1][16:]
f.add("E", opening).add("S", whole[:-1] + config + whole[-1:])
sample(f, 60, samples[0])
f.add("E", event + [record(1, 11, at(31))])
f.add("S", [record(12, 1, at(100), length=40), record(9, 99, at(100), length=64), record(0, 200, at(100), length=24)])
sample(f, 120, samples[1])
f.end().write("all.mon")
out = reduce("all.mon", code=4)  # the processor of the 0/2 is none of the set

checked, of = 0, set()
for (domain, number), (_, _, cells) in made.items():
    for name, rule in tables.get((domain, number), []) or [("VMR%02d%02d" % (domain, number), "record")]:
        rows = [r for r in out.rows(name) if rule in ("merge", "start") or r["ENDTS"] == when[domain, number]]
        if rule in ("config", "control"):
            rows = [r for r in rows if r["RECORD"] == "%d/%d" % (domain, number)]
        if not rows:
            fail("%d/%d: no row in %s" % (domain, number, name))
            continue
        one = rows[-1]
        of.add(name)
        for column, want in cells.items():
            have = one.get(column)
            checked += 1
            if have != want:
                fail("%d/%d %s.%s: %r, expected %r" % (domain, number, name, column, have, want))
same("domains", sorted({d for d, _ in made}), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
types = {t["record"]: t["fate"] for t in out.manifest["records"]["types"]}
same("unknown records", {r for r, fate in types.items() if fate == "unknown"}, {"12/1", "9/99", "0/200"})
same("the rest is reduced", {r: fate for r, fate in types.items()
                                 if fate != "reduced" and r not in ("12/1", "9/99", "0/200", "1/11", "1/13")}, {})
print("%d records of %d tables, %d cells" % (len(made), len(of), checked))
told()
