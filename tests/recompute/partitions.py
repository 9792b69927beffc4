# SPDX-License-Identifier: Apache-2.0
"""VMXLPR00, one row a partition, and VMXLPT00, one row a partition and CPU type."""
from fractions import Fraction

from fields import LAYOUTS, seconds
from model import Row, worst_sets
from sums import Sum, put, total, worse
from wants import SKIP, OneOf, perhaps


def partitions(model):
    """VMXLPR00: one row a partition; VMXLPT00: one row a partition and CPU type."""
    logical = Sum(model, "VMXLCP00")
    whole, types = [], []
    names = model.partitions
    last = {}
    last_type = {}
    for sample in sorted(set(logical.samples) | set(names)):
        groups = {}
        for one in logical.samples.get(sample, []):
            number = one.keys["SYTCUP_LCUPPNUM"]
            groups.setdefault((one.keys["SYTCUP_LCUPNAME"], None if number is SKIP else number), []).append(one)
        for name, number, count, tod in names.get(sample, []):
            groups.setdefault((name, number), [])
        pool, pool_open = {}, False
        for (name, number), rows in groups.items():
            for kind in {one.cells.get("SYTCUP_LCXCPTYP") for one in rows if one.prefix == "SYTCUP"}:
                mine = [one for one in rows if one.cells.get("SYTCUP_LCXCPTYP") == kind]
                pool.setdefault(kind, []).append({one.number.get("SYTCUP_LCUCWGHT") for one in mine})
        for (name, number), rows in groups.items():
            records = [at for n, p, _, at in names.get(sample, []) if (n, p) == (name, number)]
            tod = max([one.tod for one in rows] + records)
            before = last.get((name, number))
            row = partition(model, logical, "VMXLPR00", sample, (name, number), rows, tod, before)
            kinds = []
            for one in rows:
                kind = one.cells.get("SYTCUP_LCXCPTYP") if one.prefix == "SYTCUP" else one.cells.get("SYTCUM_LCUPTYPE")
                if kind not in kinds:
                    kinds.append(kind)
            texts = [k for k in kinds if k]
            row.cells["TYPES"] = OneOf("+".join(texts), "+".join(sorted(texts))) if texts else None
            if name == "PHYSICAL":
                row.cells["TYPES"] = perhaps(row.cells["TYPES"])
            weights = {one.number.get("SYTCUP_LCUCWGHT") for one in rows}
            row.cells["SYTCUP_LCUCWGHT"] = weights.pop() if len(kinds) == 1 and len(weights) == 1 else None
            last[name, number] = row
            whole.append(row)
            if name == "PHYSICAL" and number is None:
                continue
            for kind in kinds:
                mine = [one for one in rows if one.cells.get("SYTCUP_LCXCPTYP") == kind]
                before = last_type.get((name, number, kind))
                one = partition(model, logical, "VMXLPT00", sample, (name, number), mine, max(r.tod for r in mine),
                                before,
                                kind)
                weights = {r.number.get("SYTCUP_LCUCWGHT") for r in mine}
                weight = weights.pop() if len(weights) == 1 else None
                one.cells["SYTCUP_LCUCWGHT"] = weight
                # a pool of which a partition's weight is not one, or is none, has no certain sum
                certain = all(len(w) == 1 and None not in w for w in pool[kind])
                together = sum(next(iter(w)) for w in pool[kind]) if certain else None
                one.cells["POOL_WEIGHT"] = together or OneOf(None, 0)
                one.cells["SHARE_PCT"] = Fraction(100 * weight, together) if weight and together else OneOf(None, 0)
                lacks = pool_lacks(model, logical, sample, kind)
                if lacks == "this":
                    one.cells["POOL_WEIGHT"] = one.cells["SHARE_PCT"] = None
                    one.quality = worst_sets([one.quality, {"partial"}])
                elif lacks:     # what is missing may be of this type by now
                    one.cells["POOL_WEIGHT"], one.cells["SHARE_PCT"] = (perhaps(one.cells[c]) for c in
                                                                        ("POOL_WEIGHT", "SHARE_PCT"))
                    one.quality = worst_sets([one.quality, {"ok", "partial"}])
                last_type[name, number, kind] = one
                types.append(one)
    model.rows["VMXLPR00"], model.rows["VMXLPT00"] = whole, types


def pool_lacks(model, logical, sample, kind):
    """Is a logical processor missing: one of this type, or of another one?"""
    before = {key: row for key, row in logical.entities(sample - 1).items() if row.prefix == "SYTCUP"}
    gone = [row.cells.get("SYTCUP_LCXCPTYP") for key, row in before.items() if key not in logical.entities(sample)]
    return "this" if kind in gone else "other" if gone else None


def partition(model, logical, table, sample, key, rows, tod, before, kind=None):
    """A row of a partition, or of its processors of one type; rows: those of its processors."""
    name, number = key
    row = Row(table, tod, sample)
    row.keys = {"SYTCUP_LCUPNAME": name, "SYTCUP_LCUPPNUM": SKIP if number is None else number}
    if table == "VMXLPT00":
        row.keys["SYTCUP_LCXCPTYP"] = kind
    row.start = model.starts.get(sample)
    row.counters = True
    base = None if before is None else before.sample
    same = lambda one: one.keys["SYTCUP_LCUPNAME"] == name and number in (None, one.keys["SYTCUP_LCUPPNUM"])
    mine = lambda one: same(one) and kind in (None, one.cells.get("SYTCUP_LCXCPTYP"))
    had = {one.keys["SYTCUP_LCUCPUID"] for one in logical.samples.get(base, []) if mine(one)}
    have = {one.keys["SYTCUP_LCUCPUID"] for one in rows}
    state = state_of(row, rows, base, bool(had - have))
    put(row, "CPUS", len(have), "lacks" if had - have else "good")
    times(row, rows, state, len(have))
    levels(row, rows, state, logical.samples.get(sample, []))
    row.duration = None if before is None else seconds(tod - before.tod)
    if not rows or (before is None and not row.quality <= {"first"}):
        row.duration = SKIP
    elif not row.quality <= {"ok", "gap", "first"} or row.quality & {"first"}:
        row.duration = perhaps(row.duration)
    return row


def state_of(row, rows, base, gone):
    """What can be said of sums over these rows; sets the quality of the row."""
    state = "lacks" if gone else "good"
    qualities = [one.quality for one in rows] or [{"ok", "first"} if base is None else {"ok", "gap"}]
    if gone:
        qualities.append({"partial"})
    for one in rows:
        if one.quality <= {"first", "reset"} or one.elapsed is None:
            state = "lacks"
            qualities.append(one.quality | {"partial"} if base else one.quality)
        elif one.base_sample is not None and base is not None and one.base_sample < base:
            state = worse(state, "rates")
            qualities.append({"gap"})
        elif len(one.quality) > 1:
            state = worse(state, "open")
    row.quality = worst_sets(qualities)
    return state


def times(row, rows, state, cpus):
    """Dispatch and management times, and shares of the time that the hypervisor's own clock tells."""
    logical = [one for one in rows if one.prefix == "SYTCUP"]
    physical = [one for one in rows if one.prefix == "SYTCUM"]
    shares = {}
    for column in ("SYTCUP_LCUCACTM", "SYTCUP_LCUCLPTM"):
        put(row, column, total(logical, column), state if logical else "lacks")
        known = all(one.number.get(column) is not None and one.part_elapsed.get("clock") for one in logical)
        shares[column] = sum(one.number[column] / one.part_elapsed["clock"] for one in logical) if known else None
    put(row, "SYTCUM_LCUMGTM", total(physical, "SYTCUM_LCUMGTM"), state if physical else "lacks")
    if not rows:
        row.cells["SYTCUP_LCUCACTM"] = row.cells["SYTCUP_LCUCLPTM"] = OneOf(None, 0)
    busy, own = shares.values()
    if not logical or state == "lacks" or busy is None:
        row.cells.update(dict.fromkeys(("CPUS_BUSY", "BUSY_PCT", "OVERHEAD_PCT")))
        return
    put(row, "CPUS_BUSY", busy, state, busy)
    put(row, "BUSY_PCT", 100 * busy / cpus, state, 100 * busy / cpus)
    # of the processors' time, or of the time that they were dispatched
    ways = [100 * (busy - own) / cpus] + ([100 * (busy - own) / busy] if busy else [])
    row.cells["OVERHEAD_PCT"] = OneOf(*ways, *([] if state == "good" else [None]))


def levels(row, rows, state, others):
    """What is no sum is that of one of the processors."""
    for f in LAYOUTS.fields(0, 16) + LAYOUTS.fields(0, 15):
        if not f.group and not f.counter and f.name not in row.keys:
            row.cells[f.name] = OneOf(*[one.cells.get(f.name) for one in rows]) if rows else SKIP
    row.cells["SYTCUP_LCPTYPE"] = SKIP
    clocks = {one.part_elapsed.get("clock") for one in others}
    for prefix in ("SYTCUP", "SYTCUM"):
        mine = {one.part_elapsed.get("clock") for one in rows
                if one.prefix == prefix and not one.quality <= {"first", "reset"}}
        row.cells[prefix + "_LCUTCTOD_ELAPSED"] = OneOf(*mine, *([] if mine and state == "good" else [None]),
                                                        *([] if rows else clocks))
        row.cells[prefix + "_ELAPSED"] = SKIP
    row.cells["SYTCUG_ELAPSED"] = SKIP
