# SPDX-License-Identifier: Apache-2.0
"""The rows of tables that are made from one record, worked out again from the records of a file.

It follows the contract, not the program: intervals by the 1/11 that end them, the last reading of an entity as the base
of its differences, sessions by their events and logon times, and what a counter can be.
"""
from fractions import Fraction

from fields import LAYOUTS, seconds, stamp
from monitor import header
from wants import SKIP, OneOf, perhaps

RANK = ["ok", "begun", "gap", "first", "reset", "partial"]
TABLES = {(0, 1): ["VMXSP001"], (0, 2): ["VMXSP002"], (0, 4): ["VMXSP004"], (0, 5): ["VMXSP005"], (0, 11): ["VMXSP011"],
          (0, 13): ["VMXSP013"], (3, 2): ["VMXSP302"], (5, 3): ["VMXSP503"], (0, 9): ["VMXCHC09"],
          (0, 18): ["VMXCHC18"],
          (3, 3): ["VMXXSS00"], (3, 4): ["VMXCPV00"], (3, 8): ["VMXBPG00"], (3, 10): ["VMXVXUT1"], (4, 3): ["VMXVXU00"],
          (4, 4): ["VMXVXT00"], (6, 3): ["VMXXDV00"], (6, 4): ["VMXCDIT1"], (0, 20): ["VMXCPM"],
          (3, 14): ["VMXASC", "VMR0314"]}
MERGED = [(0, 3), (0, 6), (0, 7), (0, 8), (0, 9), (0, 10), (0, 12), (0, 14), (0, 19), (3, 1), (3, 9)]
LINUX = {1: ("LINUXKRNL-01", "VMR1002_MEM"), 2: ("LINUXKRNL-02", "VMR1002_CPU"), 3: ("LINUXKRNL-03", "VMR1002_NET")}
HEX2 = {"CHCHPID"}
# Which events end or begin what: (event, fields) -> (record, fields) of the entities.  "begin": differences begin anew
# at the event; "end": they begin anew when the entity comes again; "back": it may have been there all the time.
PROCESSOR = [(0, 1), (0, 2), (0, 4), (0, 5), (0, 11), (0, 13), (0, 22), (3, 2), (3, 20), (5, 3), (5, 11), (5, 12)]
DEVICE = [(6, 3), (6, 4), (3, 4), (3, 11)]
EVENTS = {(4, 1): ("begin", ["USELON_VMDUSER"]), (4, 2): ("begin", ["USELOF_VMDUSER", "USELOF_VMDCPUAD"]),
          (4, 6): ("end", ["USEDTC_VMDUSER", "USEDTC_VMDCPUAD"]),
          (4, 5): ("back", ["USEDFC_VMDUSER", "USEDFC_VMDCPUAD"]),
          (4, 11): ("end", ["USERLS_RLOUSER"]),
          (5, 1): ("begin", ["PRCVON_PFXCPUAD"]), (5, 2): ("end", ["PRCVOF_PFXCPUAD"]),
          (6, 1): ("back", ["IODVON_RDEVSID"]), (6, 2): ("end", ["IODVOF_RDEVSID"]),
          (3, 16): ("end", ["STOSHD_SDFFN", "STOSHD_SDFIDNUM"])}


# Times of one processor that exclude each other: what counts as busy, and the rest.
TOGETHER = [(["SYTPRP_PFXUTIME", "SYTPRP_PFXTMSYS"], ["SYTPRP_PFXTOTWT"]),
            (["OS_PER_CPU_" + n for n in ("USER", "NICE", "SYSTEM", "IRQ", "SOFTIRQ")],
             ["OS_PER_CPU_" + n for n in ("IDLE", "IOWAIT", "STEAL")])]


def worst(qualities):
    return max(qualities, key=RANK.index)


def worst_sets(sets):
    """All qualities that the worst of one of each set can be."""
    result = {"ok"}
    for one in sets:
        result = {worst((a, b)) for a in result for b in one}
    return result


class Row:
    """A row; number: differences and levels as exact numbers, whether they are shown or not; cells: what is shown."""

    def __init__(self, table, tod, sample):
        self.table, self.tod, self.sample = table, tod, sample
        self.ends = stamp(tod)
        self.keys, self.cells, self.number, self.loose, self.base_sample = {}, {}, {}, set(), None
        self.quality, self.duration, self.elapsed = {"ok"}, None, None
        self.part_elapsed, self.start = {}, None
        self.counters = False
        self.events = ()

    def complete(self):
        """Has it differences that cover the interval?  None: not certain."""
        good = {"ok", "begun"}
        if self.quality <= good:
            return True
        return None if self.quality & good else False


class Feed:
    """Readings of the entities of one kind of record."""

    def __init__(self):
        self.last = {}


class Reading:
    def __init__(self, tod, sample, values, logon, clock):
        self.tod, self.sample, self.values, self.logon, self.clock = tod, sample, values, logon, clock
        self.broken = False


class Model:
    def __init__(self, sets):
        self.rows = {}
        self.feeds = {}
        self.sample, self.start, self.initial, self.in_sample = 1, None, False, False
        self.ends = {}          # sample -> time of its 1/11
        self.starts = {}        # sample -> VMCINTTS
        self.holes = {}         # sample -> "no", "yes", "maybe": a hole before it
        self.events = []        # (place in file, time, effect, record, key values)
        self.sample_records = {}
        self.ipl, self.epoch, self.epochs = None, 0, {}
        self.expected = 60
        self.readings = {}      # (user, cpu) -> readings of 4/3
        self.logoffs = []
        self.order = 0
        self.seen_channels = False
        self.held15, self.partitions = {}, {}
        self.trust43 = self.check43(sets)
        self.find_holes(sets)
        for kind, records in sets:
            for one in records:
                self.order += 1
                self.take(kind, one)

    # ---- intervals

    def find_holes(self, sets):
        """The time between two ends of samples against its neighbours'."""
        times, said, initial, now, last = [], [], False, None, None
        for kind, records in sets:
            for one in records:
                domain, number, tod = header(one)
                if (domain, number) == (1, 1):
                    initial = True
                elif (domain, number) == (1, 9):
                    now = next(int.from_bytes(f.raw(one, 0), "big") for f in LAYOUTS.fields(1, 9)
                                if f.name == "MTRSPR_INTERVAL")
                elif (domain, number) == (1, 11) and kind == "S":
                    if not initial:
                        times.append(tod)
                        said.append(now)
                elif kind == "S" and not initial:
                    last = tod
                if (domain, number) == (1, 11) and kind == "S":
                    initial = False
        if last and (not times or last > times[-1]):    # a sample whose end is not there
            times.append(last)
            said.append(now)
        steps = [None] + [(times[n] - times[n - 1]) / 4096e6 for n in range(1, len(times))]
        for n, step in enumerate(steps):
            if step is None:
                self.holes[n + 1] = "no"
                continue
            told, shorter = said[n], any(s and step > 1.75 * s for s in steps[:n])
            near = [s for s in steps[max(1, n - 2):n] + steps[n + 1:n + 3] if s and s < step * 1.01]
            if told and step <= 1.25 * told:
                self.holes[n + 1] = "no"
            elif any(abs(step / s - 1) < 0.1 for s in near) and not any(step > 1.75 * s for s in near):
                # as long as the others; longer than what 1/9 says, it may be a row of holes as well
                self.holes[n + 1] = "maybe" if told and step > 1.25 * told else "no"
            elif len(near) >= 2 and all(step > 1.75 * s for s in near) and shorter:
                self.holes[n + 1] = "yes"
            elif not near:
                self.holes[n + 1] = "maybe" if step > 61 else "no"
            else:
                self.holes[n + 1] = "maybe"

    def hole(self, base, sample):
        """Is something missing between these samples?"""
        if sample - base > 1:
            return "yes"
        return self.holes.get(sample, "no") if sample > base else "no"

    def check43(self, sets):
        """Do all 4/3 records look as the layout says?"""
        fields = {f.name: f for f in LAYOUTS.fields(4, 3)}
        for _, records in sets:
            for one in records:
                domain, number, tod = header(one)
                if (domain, number) != (4, 3):
                    continue
                get = lambda name: fields[name].raw(one, 0)
                total, guest = (int.from_bytes(get("USEACT_VMD" + n) or b"", "big") for n in ("TTIME", "VTIME"))
                texts = (get("USEACT_VMDACTNO") or b"") + (get("USEACT_VMDGRPN") or b"")
                if guest > total or any(b < 0x40 for b in texts):
                    return False
                if int.from_bytes(get("USEACT_CALTODON") or b"", "big") > tod:
                    return False
        return True

    # ---- records

    def take(self, kind, record):
        domain, number, tod = header(record)
        if (domain, number) == (1, 1):
            self.initial = True
            return
        if (domain, number) == (1, 4):
            raw = [f.raw(record, 0) for f in LAYOUTS.fields(1, 4) if f.name == "MTRSYS_SYSTODST"][0]
            if raw != self.ipl:
                if self.ipl is not None:
                    self.epoch += 1
                self.ipl = raw
            return
        if (domain, number) == (1, 11):
            if kind != "S":
                return
            if not self.initial:
                self.ends[self.sample] = tod
                self.sample += 1
            self.initial, self.start = False, tod
            return
        if self.initial:
            return
        if (domain, number) in EVENTS:
            self.event(domain, number, tod, record)
        if (domain, number) == (4, 2):
            self.logoff(record, tod)
        if LAYOUTS.kinds.get((domain, number, "")) != "sample" or kind != "S" or (domain, number) == (1, 10):
            return
        self.starts.setdefault(self.sample, self.start)
        self.epochs[self.sample] = self.epoch
        if (domain, number) == (0, 15):
            self.held15[self.sample] = record
        elif (domain, number) == (0, 16):
            self.entries16(record, tod)
        elif (domain, number) == (0, 17):
            self.entries17(record, tod)
        elif (domain, number) == (10, 2):
            self.linux(record, tod)
        else:
            self.generic(domain, number, record, tod)

    def event(self, domain, number, tod, record):
        effect, names = EVENTS[domain, number]
        fields = {f.name: f for f in LAYOUTS.fields(domain, number)}
        values = []
        for name in names:
            if name not in fields or fields[name].raw(record, 0) is None:
                return
            values.append(fields[name].raw(record, 0))
        self.events.append((self.order, tod, effect, (domain, number), values, self.sample))

    def events_between(self, feed, key, after, until, delivered=None):
        """Effects of events that speak of this entity, of times after one and up to another."""
        domain, number = feed[:2]
        for order, tod, effect, event, values, sample in self.events:
            if not after < tod <= until or (delivered is not None and sample > delivered):
                continue
            if event[0] == 4 and (domain, number) in ((4, 3), (4, 4), (3, 10)):
                if key.get("user") != values[0]:
                    continue
                if len(values) > 1 and key.get("cpu") not in (None, values[1]):
                    continue
                if len(values) > 1 and key.get("cpu") is None and event != (4, 2):
                    continue
                yield effect, event, tod
            elif event[0] == 5 and (domain, number) in PROCESSOR and key.get("processor") == values[0]:
                yield effect, event, tod
            elif event[0] == 6 and (domain, number) in DEVICE and key.get("device") == values[0]:
                yield effect, event, tod
            elif event[0] == 3 and (domain, number) == (3, 3) and key.get("segment") == values:
                yield effect, event, tod

    def generic(self, domain, number, record, tod):
        fields = [f for f in LAYOUTS.fields(domain, number)]
        if not fields:
            return
        tables = TABLES.get((domain, number), ["VMR%02d%02d" % (domain, number)])
        if (domain, number) in MERGED and (domain, number) != (0, 9):
            tables = ["part %d/%d" % (domain, number)]
        head = [f for f in fields if not f.group]
        if (domain, number) == (0, 9):
            count = next(f for f in fields if f.name == "SYTCPC_HFCOUNT")
            busy = next(f for f in fields if f.name == "SYTCPC_HFCHBUSY")
            self.row("part 0/9", (0, 9, "part"), {}, [(f, 0, n) for f in head for n in range(f.count)], record, tod, {})
            for path in range(256):
                self.row("VMXCHC09", (0, 9), {"CHCHPID": path}, [(count, 0, 0), (busy, 24 + 4 * path, 0)], record, tod,
                         {"CHCHPID": path})
            return
        if (domain, number) == (0, 18):
            at = {f.name: f.number(f.raw(record, 0)) for f in head}
            for n in range(at["SYTCPM_CHPATHCT"]):
                base = at["SYTCPM_CALOFFST"] + n * at["SYTCPM_CHPATHLN"]
                self.row("VMXCHC18", (0, 18), {"CHCHPID": n}, [(f, 0, 0) for f in head] +
                         [(f, base, 0) for f in fields if f.group], record, tod, {"CHCHPID": n})
            return
        places = [(f, 0, n) for f in head for n in range(f.count)]
        if (domain, number) == (0, 20):
            at = {f.name: f.number(f.raw(record, 0)) for f in head}
            group = next(f for f in fields if f.name == "SYTEPM_CSCCMCMG").raw(record, at["SYTEPM_CALOFST2"])
            group = group[0] if group else 0
            for f in fields:
                if f.group and (f.group[-1] not in "123" or f.group[-1] == str(group)):
                    base = at["SYTEPM_CALOFST1" if f.group.startswith("measurement") else "SYTEPM_CALOFST2"]
                    places.append((f, base, 0))
        elif any(f.group for f in fields):
            return      # 0/23, 5/10 and the like: no derived columns
        keys = {f.name: f.text(f.raw(record, 0)) for f in head if f.semantic == "key"}
        if (domain, number) == (0, 20):
            keys["SYTEPM_CSCCMCCP"] = SKIP
        who = {}
        for f in head:
            raw = f.raw(record, 0)
            if f.name.endswith("_PFXCPUAD"):
                who["processor"] = raw
            elif f.name.endswith("_VMDUSER") and domain in (3, 4):
                who["user"] = raw
            elif f.name.endswith("_VMDCPUAD") and domain == 4:
                who["cpu"] = raw
            elif f.name.endswith("_RDEVSID"):
                who["device"] = raw
        if (domain, number) == (3, 3):
            raw = {f.name: f.raw(record, 0) for f in head}
            who["segment"] = [raw["STOSHR_SNTNAME"], raw["STOSHR_SDFIDNUM"]]
        for table in tables:
            self.row(table, (domain, number, table), keys, places, record, tod, keys, who)

    def entries16(self, record, tod):
        fields = LAYOUTS.fields(0, 16)
        head = [f for f in fields if not f.group]
        at = {f.name: f.raw(record, 0) for f in head}
        value = lambda name: next(f for f in head if f.name == name).number(at[name])
        name = next(f for f in head if f.name == "SYTCUP_LCUPNAME").text(at["SYTCUP_LCUPNAME"])
        clock = value("SYTCUP_LCUTCTOD")
        held = self.held15.get(self.sample)
        for n in range(value("SYTCUP_LCUPCPCT")):
            base = value("SYTCUP_CALCPUOF") + n * value("SYTCUP_CALCPULN")
            places = [(f, 0, 0) for f in head] + [(f, base, 0) for f in fields if f.group]
            cpu = int.from_bytes(record[base:base + 2], "big")
            keys = {"SYTCUP_LCUPNAME": name, "SYTCUP_LCUPPNUM": value("SYTCUP_LCUPPNUM"),
                    "SYTCUP_LCXPUPID": value("SYTCUP_LCXPUPID"), "SYTCUP_LCUCPUID": cpu}
            row = self.row("VMXLCP00", (0, 16), keys, places, record, tod, keys, clock=clock, extra=held)
            self.logical(row, "SYTCUP", (0, 17), clock)
        self.partitions.setdefault(self.sample, []).append((name, value("SYTCUP_LCUPPNUM"), value("SYTCUP_LCUPCPCT"),
                                                            tod))

    def logical(self, row, prefix, other, clock):
        """What a row of a logical processor holds besides: the hypervisor's own time, blanks for the other record."""
        row.prefix = prefix
        for f in LAYOUTS.fields(*other):
            row.cells.setdefault(f.name, None)
        for one in ("SYTCUP", "SYTCUM"):
            column = one + "_LCUTCTOD_ELAPSED"
            row.cells[column] = row.part_elapsed.get("clock") if one == prefix else None
            row.number[column] = row.cells[column]
        if row.quality <= {"first", "reset"}:
            row.cells[prefix + "_LCUTCTOD_ELAPSED"] = row.number[prefix + "_LCUTCTOD_ELAPSED"] = None
        for f in LAYOUTS.fields(0, 15):
            row.cells.setdefault(f.name, None)

    def entries17(self, record, tod):
        fields = LAYOUTS.fields(0, 17)
        head = [f for f in fields if not f.group]
        value = lambda name: next((f.number(f.raw(record, 0)) for f in head if f.name == name))
        held = self.held15.get(self.sample)
        for n in range(value("SYTCUM_LCUPCPCT")):
            base = value("SYTCUM_CALMIBOF") + n * value("SYTCUM_CALMIBLN")
            places = [(f, 0, 0) for f in head] + [(f, base, 0) for f in fields if f.group]
            cpu = int.from_bytes(record[base:base + 2], "big")
            keys = {"SYTCUP_LCUPNAME": "PHYSICAL", "SYTCUP_LCUPPNUM": SKIP, "SYTCUP_LCXPUPID": SKIP,
                    "SYTCUP_LCUCPUID": cpu}
            row = self.row("VMXLCP00", (0, 17), keys, places, record, tod,
                           keys, clock=value("SYTCUM_LCUTCTOD"), extra=held)
            self.logical(row, "SYTCUM", (0, 16), value("SYTCUM_LCUTCTOD"))

    def linux(self, record, tod):
        head = LAYOUTS.fields(10, 2)
        value = {f.name: f.raw(record, 0) for f in head}
        product = value["APLSDT_MDGPROD"]
        if product[:9] != bytes.fromhex("D3C9D5E4E7D2D9D5D3") or product[9] not in LINUX:
            return
        variant, table = LINUX[product[9]]
        at = int.from_bytes(value["APLSDT_CALDATOF"], "big")
        if at != 52:
            return
        extra = [(f, 0, 0) for f in head]
        fields, at = LAYOUTS.fields(10, 2, variant), 0     # their offsets count from the record, data at 52
        clock = next(f.number(f.raw(record, at)) for f in fields if f.name.startswith("APPLDATA_TIMESTAMP"))
        user = value["APLSDT_USERID"].decode("cp037").rstrip()
        places = [(f, at, n) for f in fields if not f.group for n in range(f.count)] + extra
        entries = [None]
        if product[9] == 2:
            number = {f.name: f.number(f.raw(record, at)) for f in fields if not f.group and f.raw(record, at)}
            first, step = 52 + number["OS_CPU_OFFSET"], number["OS_PER_CPU_SIZE"]
            entries = [first + n * step for n in range(number["OS_NR_CPUS"])]
        for n, base in enumerate(entries):
            keys = {"APLSDT_USERID": user}
            mine = list(places)
            if base is not None:
                mine += [(f, base, 0) for f in fields if f.group]
                keys["OS_CPU_ID"] = next(f.number(f.raw(record, base)) for f in fields if f.name == "OS_CPU_ID")
            row = self.row(table, (10, 2, variant), keys, mine, record, tod, keys, clock=clock)
            row.cells["APPLDATA_TIMESTAMP_ELAPSED"] = row.part_elapsed.get("clock")
            if row.quality <= {"partial"}:
                row.cells["APPLDATA_TIMESTAMP_ELAPSED"] = OneOf(None, 0)
            elif row.quality <= {"first", "reset"}:
                row.cells["APPLDATA_TIMESTAMP_ELAPSED"] = None

    # ---- a row

    def row(self, table, feed, entity, places, record, tod, keys, who=None, clock=None, extra=None):
        who = who or {}
        row = Row(table, tod, self.sample)
        row.start = self.start
        row.keys = dict(keys)
        row.user, row.cpu = who.get("user"), who.get("cpu")
        values, logon = {}, None
        for f, base, n in places:
            column = f.columns()[n]
            raw = f.raw(record, base, n)
            if f.name.endswith("_CALTODON") and raw is not None:
                logon = f.number(raw)
            if f.counter:
                values[column] = None if raw is None else f.number(raw)
                row.counters = True
            else:
                text = f.text(raw)
                row.cells[column] = text
                if raw is not None and f.type[0] in "us" or f.type == "timer":
                    row.number[column] = text if not isinstance(text, str) else int(text, 16)
                if not f.sure_place and not self.trust43:
                    row.cells[column] = SKIP
        if feed[:2] == (0, 20):
            row.counters = True  # the table has some, whatever this channel path measures
            for f in LAYOUTS.fields(0, 20):
                row.cells.setdefault(f.name, None)
                row.number.setdefault(f.name, None)
        if extra is not None:
            for f in LAYOUTS.fields(0, 15):
                row.cells[f.name] = f.text(f.raw(extra, 0))
                if f.type[0] in "us":
                    row.number[f.name] = row.cells[f.name]
        identity = (feed, tuple(sorted((k, v) for k, v in entity.items() if v is not SKIP)))
        last = self.feeds.get(identity)
        self.difference(row, feed, who, last, values, {f.columns()[n]: f for f, _, n in places}, logon, clock)
        reading = Reading(tod, self.sample, values, logon, clock)
        reading.epoch = self.epoch
        self.feeds[identity] = reading
        if feed[:2] == (4, 3):
            self.readings.setdefault((who.get("user"), who.get("cpu")), []).append(reading)
        if feed[:2] == (0, 16) and extra is None and self.held15:
            row.quality = {"partial"}
        elif feed[:2] in ((0, 16), (0, 17)) and extra is None and self.held15:
            row.quality = {"partial"}
        self.rows.setdefault(table, []).append(row)
        return row

    def previous_sample_end(self):
        return self.ends.get(self.sample - 1)

    def session(self, feed, who, last, tod, logon):
        """("goes on" | "new" | "unsure", begun since: time or None, may it be begun: bool)."""
        known = feed[:2] == (4, 3)
        new = False
        unsure = False
        if last is None:
            new = True
        else:
            for effect, event, _ in self.events_between(feed, who, last.tod, tod):
                if effect == "back":
                    unsure = True
                elif event == (4, 11):
                    if self.sample - last.sample > 1:
                        new = True
                    else:
                        unsure = True
                else:
                    new = True
            if last.epoch != self.epoch:
                new = True
            if known and logon is not None and last.logon is not None and logon != last.logon:
                new = True
        return new, unsure

    def difference(self, row, feed, who, last, values, fields, logon, clock):
        tod = row.tod
        new, unsure = self.session(feed, who, last, tod, logon)
        begun = None
        if new and feed[:2] == (4, 3) and logon is not None:
            before = self.previous_sample_end()
            # The logon must lie after the sample before, and no sample be missing since.
            if before is not None and before < logon <= tod:
                hole = self.holes.get(self.sample, "no")
                begun = {"no": "yes", "maybe": "maybe", "yes": "no"}[hole]
            elif before is None and self.sample == 1 and self.start is not None and self.start < logon <= tod:
                begun = "maybe"
        if not row.counters:
            row.duration = SKIP
            row.quality = {"ok"}
            if feed[:2] in ((4, 4),):
                row.quality = set(RANK)
            row.present = True
            self.hidden_quality(row, new, last)
            return
        if new:
            fits = begun in ("yes", "maybe") and self.possible(values, fields, seconds(tod - logon))
            if begun == "yes" and fits:
                self.begun(row, values, fields, logon)
            elif begun == "maybe" and fits:
                self.begun(row, values, fields, logon)
                self.loosen(row)
                row.quality = {"begun", "first"}
            else:
                self.blank(row, values, "first")
                if feed[:2] in ((4, 4), (3, 10)):
                    row.quality = {"first", "begun"}
                    self.skip(row, values)
            return
        row.elapsed = seconds(tod - last.tod)
        row.duration = row.elapsed
        row.base_sample = last.sample
        own = row.elapsed
        if clock is not None:
            own = seconds(clock - last.clock)
            row.part_elapsed["clock"] = own
            if clock == last.clock:
                self.blank(row, values, "partial")
                row.duration = SKIP
                row.part_elapsed["clock"] = None
                row.stale = True
                return
        verdict = "ok"
        for column, value in values.items():
            f = fields[column]
            base = last.values.get(column)
            if value is None or base is None:
                row.cells[column], row.number[column] = None, None
                continue
            state, rise = self.rise(f, base, value, own)
            if state == "good":
                row.number[column] = row.cells[column] = f.value(rise)
            elif state == "unsure":
                row.number[column] = f.value(rise)
                row.cells[column] = perhaps(f.value(rise))
                row.loose.add(column)
                if f.known and verdict == "ok":
                    verdict = "unsure"
            else:
                row.number[column] = row.cells[column] = None
                if f.known:
                    verdict = "reset"
            if not f.sure_place and not self.trust43:
                row.cells[column] = SKIP
                row.loose.add(column)
        if verdict != "reset":
            verdict = self.together(row, own, verdict)
        if verdict == "reset":
            self.blank(row, values, "reset")
            return
        hole = self.hole(last.sample, self.sample)
        row.quality = {"no": {"ok"}, "yes": {"gap"}, "maybe": {"ok", "gap"}}[hole]
        if feed[:2] == (10, 2):
            row.quality |= {"gap"} if own > 1.5 * row.elapsed else set()
        if verdict == "unsure":
            row.quality |= {"reset"}
            self.loosen(row)
        if unsure:
            row.quality |= {"first"}
            self.loosen(row)
        self.wide_counts(row, feed)

    def together(self, row, elapsed, verdict):
        """Times of one processor that exclude each other cannot be more than the time that passes either."""
        for busy, rest in TOGETHER:
            all_ = busy + rest
            if all(row.number.get(n) is not None for n in all_):
                if sum(row.number[n] for n in busy) > elapsed * Fraction(1126, 1000):
                    return "reset"
                if sum(row.number[n] for n in all_) > elapsed * Fraction(1124, 1000):
                    verdict = "unsure"
        return verdict

    def hidden_quality(self, row, new, last):
        row.hidden = "first" if new else "ok"

    def loosen(self, row):
        for column in list(row.number):
            if column in row.cells and (isinstance(row.cells[column], (int, Fraction)) or row.cells[column] is None):
                row.cells[column] = perhaps(row.cells[column])
            row.loose.add(column)
        row.duration = perhaps(row.duration)
        row.loose.add("elapsed")

    def skip(self, row, values):
        for column in values:
            row.cells[column] = SKIP
            row.loose.add(column)
        row.duration = SKIP

    def blank(self, row, values, quality):
        row.quality = {quality}
        row.duration = row.elapsed = None
        for column in values:
            row.cells[column] = row.number[column] = None

    def begun(self, row, values, fields, logon):
        row.quality = {"begun"}
        row.elapsed = row.duration = seconds(row.tod - logon)
        row.base_sample = self.sample - 1
        for column, value in values.items():
            f = fields[column]
            number = None if value is None else f.value(value)
            row.number[column], row.cells[column] = number, number
            possible, impossible = f.bounds(row.elapsed)
            if number is not None and value > possible:
                row.cells[column] = perhaps(number)
                row.loose.add(column)

    def possible(self, values, fields, elapsed):
        """Can all these readings have come about in this time?"""
        return all(value is None or not fields[c].known or (fields[c].bounds(elapsed)[1] or 2**65) >= value
                   for c, value in values.items())

    def rise(self, f, base, value, elapsed):
        """("good" | "unsure" | "fell", how far) of a counter."""
        width = 8 * f.length
        possible, impossible = f.bounds(elapsed)
        if f.direction == "auto":
            up, down = (value - base) % 2**width, (base - value) % 2**width
            if min(up, down) <= possible:
                return "good", min(up, down)
            return "fell", None
        step = base - value if f.direction == "down" else value - base
        if step < 0:
            step %= 2**width
            if f.type == "u16":
                return "good", step
            if width == 64:
                return ("unsure", step) if step <= possible else ("fell", None)
            if step <= possible:
                return "good", step
            if impossible is None or step <= impossible:
                # bounds by kind and unit: between the two the rule leaves it open
                return ("unsure", step) if step <= elapsed * 10**7 else ("fell", None)
            return "fell", None
        if step <= possible:
            return "good", step
        if impossible is not None and step > impossible:
            return "fell", None
        return "unsure", step

    def wide_counts(self, row, feed):
        """16-bit counts of which the record holds a wider one too."""
        pairs = {(6, 3): [("IODDEV_SCMSSCH", ["IODDEV_SCGSSCH", "IODDEV_RDEVCTSR"]),
                          ("IODDEV_SCMCOUNT", ["IODDEV_SCGCOUNT", "IODDEV_SCGSSCH", "IODDEV_RDEVCTSR"])],
                 (3, 4): [("STOASP_SCMSSCH", ["STOASP_SCGSSCH"])]}
        row.counts = {}
        for narrow, wides in pairs.get(feed[:2], []):
            count = row.number.get(narrow)
            wide = next((row.number[w] for w in wides if row.number.get(w)), None)
            if count is None:
                continue
            if wide is None or wide < 30000:
                row.counts[narrow] = count
                continue
            times = round((wide - count) / 65536)
            true = count + max(times, 0) * 65536
            if abs(true - wide) > 2000:      # not the same thing: what decides is open
                row.cells[narrow] = OneOf(*([None] + [count + k * 65536 for k in range(0, max(times, 0) + 2)]))
                row.loose.add(narrow)
                row.unsure_counts = True
            else:
                row.cells[narrow] = OneOf(true, None)
                row.number[narrow] = true

    # ---- logoff

    def logoff(self, record, tod):
        fields = {f.name: f for f in LAYOUTS.fields(4, 2)}
        row = Row("VMXVXULF", tod, self.sample)
        row.start = self.start
        row.counters = True
        raw = {f.name: f.raw(record, 0) for f in fields.values()}
        user, cpu = raw["USELOF_VMDUSER"], raw["USELOF_VMDCPUAD"]
        row.keys = {"USELOF_VMDUSER": fields["USELOF_VMDUSER"].text(user),
                    "USELOF_VMDCPUAD": fields["USELOF_VMDCPUAD"].text(cpu)}
        logon = None if raw["USELOF_CALTODON"] is None else fields["USELOF_CALTODON"].number(raw["USELOF_CALTODON"])
        values = {n: (None if raw[n] is None else f.number(raw[n])) for n, f in fields.items() if f.counter}
        for name, f in fields.items():
            if not f.counter:
                row.cells[name] = f.text(raw[name])
        readings = [r for r in self.readings.get((user, cpu), []) if r.tod <= tod]
        base = readings[-1] if readings else None
        if base is not None and (base.epoch != self.epoch or
                                 (logon is not None and base.logon is not None and base.logon != logon)):
            base = None
        ended = [t for _, t, _, event, values_, _ in self.events
                 if event == (4, 2) and values_ == [user, cpu] and base is not None and base.tod < t < tod]
        if ended:
            base = None
        if base is None:
            before = max((t for t in self.ends.values() if t < tod), default=None)
            which = next((s for s, t in self.ends.items() if t == before), None)
            elapsed = None if logon is None else seconds(tod - logon)
            fits = logon is not None and before is not None and before < logon <= tod
            fits = fits and self.possible(values, fields, elapsed)
            if fits:
                self.begun(row, values, fields, logon)
                twins = {f.name for f in LAYOUTS.fields(4, 3) if f.counter}
                for name in values:     # without a twin in 4/3 there is no difference, but a reading since the logon
                    if name.replace("USELOF", "USEACT") not in twins:
                        row.cells[name] = perhaps(row.cells[name])
                if self.holes.get(which + 1, "no") != "no":
                    row.quality = {"begun", "first"}
                    self.loosen(row)
            else:
                self.blank(row, values, "first")
                if before is None and logon is not None and self.start is not None and self.start < logon <= tod:
                    self.begun(row, values, fields, logon)
                    self.loosen(row)
                    row.quality = {"begun", "first"}
        else:
            row.elapsed = row.duration = seconds(tod - base.tod)
            row.base_sample = base.sample
            verdict = "ok"
            for name, value in values.items():
                f = fields[name]
                twin = name.replace("USELOF", "USEACT")
                old = base.values.get(twin)
                if value is None or old is None:
                    row.cells[name] = row.number[name] = None
                    continue
                state, rise = self.rise(f, old, value, row.elapsed)
                row.number[name] = None if state == "fell" else f.value(rise)
                row.cells[name] = row.number[name] if state == "good" else perhaps(row.number[name])
                if state == "unsure":
                    row.loose.add(name)
                if state == "fell" and f.known:
                    # the base of what lies behind the trusted part of 4/3 is a doubtful one
                    twins = {g.name: g for g in LAYOUTS.fields(4, 3)}
                    verdict = "reset" if twins[twin].known else "unsure" if verdict == "ok" else verdict
                if state == "unsure" and f.known and verdict == "ok":
                    verdict = "unsure"
            if verdict == "reset":
                self.blank(row, values, "reset")
            else:
                # how many samples lie between the last reading and the logoff
                missed = [s for s, t in self.ends.items() if base.tod < t < tod and s > base.sample]
                row.quality = {"gap"} if missed else {"ok"}
                if self.holes_after(base.sample):
                    row.quality |= {"gap", "ok"}
                if verdict == "unsure":
                    row.quality |= {"reset"}
                    self.loosen(row)
        row.late = self.previous_sample_end() is not None and tod <= self.previous_sample_end()
        self.rows.setdefault("VMXVXULF", []).append(row)

    def holes_after(self, sample):
        return self.holes.get(sample + 1, "no") != "no"
