# SPDX-License-Identifier: Apache-2.0
"""Rows made of several records of one entity: VMXSPP, VMXCHC, VMXCDI; and VMXCPM's own columns.

Each part keeps its base, and the quality of a row is the worst of what it is made of.
"""
from fractions import Fraction

from fields import LAYOUTS, seconds
from formulas import FORMULAS, derive
from model import Row, worst_sets
from partitions import partitions
from sgp import sgp
from sums import counters
from wants import SKIP, perhaps

SPP = [("VMXSP001", "SYTSYP"), ("VMXSP002", "SYTPRP"), ("VMXSP004", "SYTRSP"), ("VMXSP005", "SYTXSP"),
       ("VMXSP011", "SYTCOM"), ("VMXSP013", "SYTSCP"), ("VMXSP302", "STORSP"), ("VMXSP503", "PRCPRP")]


def join(model, table, parts, key_name, records, more=frozenset()):
    """parts: (source table, prefix); the key of each source row is the text of its only key."""
    rows, last = [], {}
    everything = {}
    for place, (source, prefix) in enumerate(parts):
        for row in model.rows.get(source, []):
            key = next(iter(row.keys.values()))
            everything.setdefault((row.sample, key), {})[place] = row
    seen = {}           # key -> parts that it has had
    columns = [column for key in records for f in LAYOUTS.fields(*key) for column in f.columns()]
    levels = counters(*records) | more
    for (sample, key), found in sorted(everything.items(), key=lambda one: (one[0][0], str(one[0][1]))):
        tod = max(one.tod for one in found.values())
        row = Row(table, tod, sample)
        row.keys = {key_name: key}
        row.start = next(iter(found.values())).start
        before = last.get(key)
        qualities = [one.quality for one in found.values()]
        for column in columns:
            row.cells[column] = None
        base = None if before is None else before.sample
        for place, one in found.items():
            prefix = parts[place][1]
            fresh = one.quality & {"first", "reset", "partial"}
            row.part_elapsed[prefix] = None if one.quality <= {"first", "reset", "partial"} else one.elapsed
            older = one.base_sample is not None and base is not None and one.base_sample < base
            for column, want in one.cells.items():
                row.cells[column] = want
                if column in one.number:
                    row.number[column] = one.number[column]
                if older and column in levels:
                    row.cells[column] = None
            row.loose |= one.loose
            if older:
                qualities.append({"gap"})
            row.cells[prefix + "_ELAPSED"] = row.part_elapsed[prefix]
            if "elapsed" in one.loose or fresh and one.elapsed is not None:
                row.cells[prefix + "_ELAPSED"] = perhaps(row.part_elapsed[prefix])
        for place, (source, prefix) in enumerate(parts):
            if place not in found:
                row.part_elapsed[prefix] = None
                row.cells[prefix + "_ELAPSED"] = None
                if place in seen.get(key, ()):
                    qualities.append({"partial"})
                elif any(place in s for s in seen.values()):
                    qualities.append({"partial", "ok"})     # another processor has this part: open
        row.quality = worst_sets(qualities)
        if not row.quality & {"ok", "begun", "gap", "partial"} or before is None:
            row.duration = None if before is None and row.quality <= {"first"} else SKIP
        else:
            row.duration = seconds(tod - before.tod)
        if row.quality & {"first", "reset", "partial"}:
            row.duration = SKIP if before is not None and not row.quality <= {"first"} else row.duration
            if before is not None:
                row.duration = perhaps(seconds(tod - before.tod))
        if row.quality & {"first"} and len(row.quality) > 1:
            row.duration = SKIP
        derive(row, FORMULAS.get(table, {}))
        if before is not None and any(one.quality & {"first", "reset"} for one in found.values()):
            blanked(row, levels)
        seen.setdefault(key, set()).update(found)
        last[key] = row
        rows.append(row)
    model.rows[table] = rows


def blanked(row, levels):
    """A part that is first or reset may blank the differences of the whole row, or only its own."""
    for column in list(row.cells):
        if column in levels or column.endswith("_ELAPSED") or column in FORMULAS.get(row.table, ()):
            row.cells[column] = perhaps(row.cells[column])


def spp(model):
    join(model, "VMXSPP", SPP, "PFXCPUAD", [(0, 1), (0, 2), (0, 4), (0, 5), (0, 11), (0, 13), (3, 2), (5, 3)])


def channels(model):
    """0/9 says nothing of busy channels where the machine has 0/18 or 0/20."""
    better = min((one.sample for t in ("VMXCHC18", "VMXCPM") for one in model.rows.get(t, [])), default=None)
    for row in model.rows.get("VMXCHC09", []):
        if better is not None and row.sample == better:     # 0/9 comes before the first 0/18
            row.cells["SYTCPC_HFCHBUSY"], row.cells["BUSY_PCT"] = (perhaps(row.cells[c]) for c in
                                                                   ("SYTCPC_HFCHBUSY", "BUSY_PCT"))
        elif better is not None and row.sample > better:
            row.cells["SYTCPC_HFCHBUSY"] = perhaps(row.cells["SYTCPC_HFCHBUSY"])
            row.cells["BUSY_PCT"], row.number["BUSY_PCT"] = None, None
            row.blank_busy = True
    join(model, "VMXCHC", [("VMXCHC09", "SYTCPC"), ("VMXCHC18", "SYTCPM")], "CHCHPID", [(0, 18)],
         {"SYTCPC_HFCOUNT", "SYTCPC_HFCHBUSY"})
    for row in model.rows["VMXCHC"]:
        for column in ("SYTCPC_HFCOUNT", "SYTCPC_HFCHBUSY"):
            row.cells.setdefault(column, None)
    measured = {(row.sample, row.keys["CHCHPID"]): row for row in model.rows.get("VMXCHC18", [])}
    for row in model.rows["VMXCHC"]:
        if better is not None and row.sample == better:
            row.cells["SYTCPC_HFCHBUSY"], row.cells["BUSY_PCT"] = (perhaps(row.cells.get(c)) for c in
                                                                   ("SYTCPC_HFCHBUSY", "BUSY_PCT"))
        elif better is not None and row.sample > better:
            row.number["BUSY_PCT"] = None
            row.cells["BUSY_PCT"] = None
            other = measured.get((row.sample, row.keys["CHCHPID"]))
            if other is not None and other.number.get("SYTCPM_CHPBUSY") is not None and other.elapsed:
                row.cells["BUSY_PCT"] = perhaps(100 * other.number["SYTCPM_CHPBUSY"] / other.elapsed)
            row.cells["SYTCPC_HFCHBUSY"] = perhaps(row.cells.get("SYTCPC_HFCHBUSY"))
    if better is not None:
        for row in model.rows.get("VMXCHC18", []):
            value = row.number.get("SYTCPM_CHPBUSY")
            if value is not None and row.elapsed:
                row.number["BUSY_PCT"] = row.cells["BUSY_PCT"] = 100 * value / row.elapsed
            else:
                row.cells["BUSY_PCT"] = None
    model.channels_blank = better


def cdi(model):
    rows = []
    for one in model.rows.get("VMXCDIT1", []):
        row = Row("VMXCDI", one.tod, one.sample)
        row.__dict__.update({k: v.copy() if isinstance(v, (dict, set)) else v for k, v in one.__dict__.items()})
        row.cells["IODCAD_RDEVSID"] = row.keys["IODCAD_RDEVSID"]
        row.cells["IODCAD_ELAPSED"] = SKIP if "elapsed" in one.loose else one.elapsed
        row.duration = SKIP if one.quality & {"first", "reset"} and len(one.quality) > 1 else row.duration
        rows.append(row)
    model.rows["VMXCDI"] = rows


# ---- channel measurement

def cpm(model):
    """Utilization as the measurement groups of the hardware define it."""
    for row in model.rows.get("VMXCPM", []):
        get = lambda name: row.number.get("SYTEPM_" + name)
        t = row.elapsed

        def share(count, top):
            return None if not t or get(count) is None or not get(top) else 100 * Fraction(get(count)) / (get(top) * t)

        def data(count):
            return None if not t or get(count) is None or get("CSCCMCMU") is None else get(count) * get("CSCCMCMU") / t

        def busy(count):
            return None if not t or get(count) is None else 100 * get(count) / t

        group = get("CSCCMCMG")
        wanted = dict.fromkeys(["BUSY_PCT", "OWN_BUSY_PCT", "BUS_PCT", "WRITE_BYTES_PER_S", "READ_BYTES_PER_S",
                                "OWN_WRITE_BYTES_PER_S", "OWN_READ_BYTES_PER_S"])
        if group == 1:
            wanted.update(BUSY_PCT=busy("ECMCPBT_CPC"), OWN_BUSY_PCT=busy("ECMCPBT"))
        elif group == 2:
            wanted.update(BUSY_PCT=share("ECMCCWU_CPC", "CSCCMCMC"), OWN_BUSY_PCT=share("ECMCCWU", "CSCCMCMC"),
                          BUS_PCT=share("ECMBC_CPC", "CSCCMCMB"), WRITE_BYTES_PER_S=data("ECMCDUW_CPC"),
                          READ_BYTES_PER_S=data("ECMCDUR_CPC"), OWN_WRITE_BYTES_PER_S=data("ECMCDUW"),
                          OWN_READ_BYTES_PER_S=data("ECMCDUR"))
        for column, value in wanted.items():
            # a utilization that no channel can have comes from fields that are not what they seem: it may be blank
            impossible = value is not None and column.endswith("PCT") and value > Fraction(225, 2)
            row.number[column] = None if impossible else value
            row.cells[column] = perhaps(value) if row.loose else None if impossible else value


def join_all(model):
    cpm(model)
    spp(model)
    channels(model)
    cdi(model)
    partitions(model)
    sgp(model)
