# SPDX-License-Identifier: Apache-2.0
"""VMXSGP00: one row a sample of eleven records, and of sums over processors, users, partitions and channels."""
from fractions import Fraction

from fields import LAYOUTS, seconds
from formulas import derive
from model import MERGED, Row, worst_sets
from sums import Sum, average, by_sample, counters, ended_processor, ended_user, put, total, worse
from wants import SKIP, OneOf, perhaps

SUMS = {"SGP_CPU_USER_S": "SYTPRP_PFXUTIME", "SGP_CPU_SYSTEM_S": "SYTPRP_PFXTMSYS", "SGP_CPU_EMUL_S": "SYTPRP_PFXPRBTM",
        "SGP_CPU_WAIT_S": "SYTPRP_PFXTOTWT"}
USE = {"CPU_PCT": ("UTIME", "TMSYS"), "USER_PCT": ("UTIME",), "SYS_PCT": ("TMSYS",), "EMUL_PCT": ("PRBTM",),
       "WAIT_PCT": ("TOTWT",)}
PAGES = {"SGP_PLSPIOPR": "SYTSYP_PLSPIOPR", "SGP_PLSPIOPW": "SYTSYP_PLSPIOPW", "SGP_PLSPIOSR": "SYTSYP_PLSPIOSR",
         "SGP_PLSPIOSW": "SYTSYP_PLSPIOSW"}
PAGE_RATES = {"PAGE_READ_PER_S": ("PR",), "PAGE_WRITE_PER_S": ("PW",), "PAGE_PER_S": ("PR", "PW"),
              "SPOOL_READ_PER_S": ("SR",), "SPOOL_WRITE_PER_S": ("SW",), "SPOOL_PER_S": ("SR", "SW")}
BUSY_SUMS = ("SGP_CHANNEL_BUSY_SAMPLES", "SGP_CHANNELS", "CHANNEL_BUSY_PCT")
SUMMED = ("VMXSP001", "VMXSP002", "VMXVXU00", "VMXLCP00", "VMXCHC09", "VMXVXUT1")


def response(total_names, count_names):
    return lambda v: v.over(sum(v("SYTUSR_" + n) for n in total_names.split()),
                            sum(v("SYTUSR_" + n) for n in count_names.split()))


OWN = {
    "RESP_UP_TRIV_S": response("CALUPTRV", "CALUPTCT"), "RESP_UP_NTRIV_S": response("CALUPNTR", "CALUPNCT"),
    "RESP_MP_TRIV_S": response("CALMPTRV", "CALMPTCT"), "RESP_MP_NTRIV_S": response("CALMPNTR", "CALMPNCT"),
    "RESP_TRIV_S": response("CALUPTRV CALMPTRV", "CALUPTCT CALMPTCT"),
    "RESP_NTRIV_S": response("CALUPNTR CALMPNTR", "CALUPNCT CALMPNCT"),
    "TRAN_TRIV_PER_S": lambda v: v.rate("SYTUSR_CALUPTCT", "SYTUSR_CALMPTCT"),
    "TRAN_NTRIV_PER_S": lambda v: v.rate("SYTUSR_CALUPNCT", "SYTUSR_CALMPNCT"),
    "XSTORE_GET_PER_S": lambda v: v.rate("SYTXSG_XSTXBGET"), "XSTORE_FREE_PER_S": lambda v: v.rate("SYTXSG_XSTXBREL"),
    "SPOOL_FILE_PER_S": lambda v: v.rate("SYTASG_SYSSFCRT")}


def prefix_of(key):
    return LAYOUTS.dsects[key + ("",)]


def names(rows):
    return {one.keys["USEACT_VMDUSER"] for one in rows}


class Global:
    """What the rows of a model are merged and added up from."""

    def __init__(self, model):
        self.model = model
        self.parts = {key: by_sample(model.rows.get("part %d/%d" % key, [])) for key in MERGED}
        self.levels = counters(*MERGED)
        self.summed = by_sample(one for table in SUMMED for one in model.rows.get(table, []))
        self.users = Sum(model, "VMXVXU00", ended_user(model))
        self.cpus = Sum(model, "VMXSP002", ended_processor(model))
        self.work = Sum(model, "VMXSP001", ended_processor(model))
        numbers = {one.number.get("SYTCUG_LPNUMBER") for one in model.rows.get("VMXLCP00", [])}
        self.logical = Sum(model, "VMXLCP00", only=lambda one: one.prefix == "SYTCUP"
                           and one.keys["SYTCUP_LCUPPNUM"] in numbers)
        self.paths, self.stores = Sum(model, "VMXCHC09"), Sum(model, "VMXVXUT1", ended_user(model))
        self.logoffs = by_sample(model.rows.get("VMXVXULF", []))
        self.last, self.seen = None, set()

    def rows(self):
        samples = {sample for one in self.parts.values() for sample in one}
        for sample in sorted(samples | set(self.summed)) if samples else ():
            found = {key: one[sample][-1] for key, one in self.parts.items() if sample in one}
            if found or self.last is not None:
                yield self.row(sample, found)

    def row(self, sample, found):
        makers = list(found.values()) or self.summed[sample]
        row = Row("VMXSGP00", max(one.tod for one in makers), sample)
        row.start = makers[0].start
        same_ipl = lambda other: self.model.epochs.get(other) == self.model.epochs[sample]
        self.base = self.last.sample if self.last is not None and same_ipl(self.last.sample) else None
        # the interval before, which may have had users and processors and no row of its own
        self.prior = self.base
        if self.last is None and sample - 1 in self.summed and same_ipl(sample - 1):
            self.prior = sample - 1
        # from row to row, and never across an IPL
        row.elapsed = None if self.base is None else seconds(row.tod - self.last.tod)
        self.qualities = []
        self.merge(row, found)
        for add in (self.processors, self.paging, self.guests, self.active, self.queue, self.partition, self.channels,
                    self.storage):
            add(row)
        derive(row, OWN)
        row.quality = worst_sets(self.qualities)
        if self.last is not None and any(one.quality & {"first", "reset"} for one in found.values()):
            # a part that begins anew may blank the differences of the whole row, or only its own
            for column in list(row.cells):
                if column in self.levels | set(OWN) | {"CHANNEL_BUSY_PCT"} or column.endswith("_ELAPSED"):
                    row.cells[column] = perhaps(row.cells[column])
        row.duration = row.elapsed if row.quality <= {"ok", "gap", "begun"} else perhaps(row.elapsed)
        self.seen |= set(found)
        self.last = row
        return row

    def merge(self, row, found):
        for key in MERGED:
            for f in LAYOUTS.fields(*key):
                if not f.group:
                    row.cells.update(dict.fromkeys(f.columns()))
            row.part_elapsed[prefix_of(key)] = row.cells[prefix_of(key) + "_ELAPSED"] = None
            if key not in found and key in self.seen:
                self.qualities.append({"partial"})
        for key, one in found.items():
            prefix = prefix_of(key)
            self.qualities.append(one.quality if one.counters else {"ok"})
            row.part_elapsed[prefix] = one.elapsed
            older = one.base_sample is not None and self.base is not None and one.base_sample < self.base
            if older:
                self.qualities.append({"gap"})
            for column, want in one.cells.items():
                row.cells[column] = None if older and column in self.levels else want
                if column in one.number:
                    row.number[column] = one.number[column]
            row.loose |= one.loose - {"elapsed"}
            row.cells[prefix + "_ELAPSED"] = SKIP if "elapsed" in one.loose or not one.counters else one.elapsed

    def state(self, what, row):
        """Rows of this sample, and what can be said of their sum."""
        mine = what.samples.get(row.sample, [])
        state, quality = what.state(row.sample, self.prior)
        if mine or what.entities(self.prior):
            self.qualities.append(quality)
        return mine, state if mine else "lacks"

    def processors(self, row):
        mine, state = self.state(self.cpus, row)
        whole = row.elapsed
        for column, source in SUMS.items():
            put(row, column, total(mine, source), state, average(mine, source, whole) if whole else None)
        span = sum(one.elapsed or 0 for one in mine)
        put(row, "SGP002TM", span, state, span)
        gone, maybe = self.cpus.missing(row.sample, self.prior)
        put(row, "SGP_CPUS", len(mine), "lacks" if gone or not mine else "open" if maybe else "good")
        if mine and not gone and state in ("rates", "open"):
            row.cells["SGP_CPUS"] = perhaps(len(mine))
        known = all(one.number.get("SYTPRP_PFX" + n) is not None for one in mine for n in ("UTIME", "TMSYS", "PRBTM",
                                                                                           "TOTWT"))
        if state == "lacks" or not known or not span:
            for column in (*USE, "CP_PCT", "CPUS_BUSY", "TV_RATIO"):
                put(row, column, None, "lacks")
            return
        # over the time of all processors together, or the mean of the processors: both are true averages
        ways = [self.use(lambda *n: sum(one.number["SYTPRP_PFX" + x] for one in mine for x in n) / span, len(mine))]
        if state == "rates":
            ways.append(self.use(lambda *n: sum(one.number["SYTPRP_PFX" + x] / one.elapsed for one in mine for x in n)
                                 / len(mine), len(mine)))
        for column in ways[0]:
            values = [way[column] for way in ways]
            put(row, column, values[0], state, values[0])
            if state == "rates":
                row.cells[column] = OneOf(None, *values)

    @staticmethod
    def use(share, cpus):
        """Percentages and the like of shares of the processors' time."""
        result = {column: 100 * share(*times) for column, times in USE.items()}
        result["CP_PCT"] = result["CPU_PCT"] - result["EMUL_PCT"]
        result["CPUS_BUSY"] = cpus * share("UTIME", "TMSYS")
        result["TV_RATIO"] = share("UTIME", "TMSYS") / share("PRBTM") if share("PRBTM") else None
        return result

    def paging(self, row):
        mine, state = self.state(self.work, row)
        for column, source in PAGES.items():
            put(row, column, total(mine, source), state, average(mine, source, row.elapsed) if row.elapsed else None)
        row.cells["SGP001_ELAPSED"] = SKIP
        for column, kinds in PAGE_RATES.items():
            sources = ["SYTSYP_PLSPIO" + kind for kind in kinds]
            row.cells[column] = row.number[column] = None
            if state == "lacks" or any(one.number.get(s) is None or not one.elapsed for one in mine for s in sources):
                continue
            # made of the processors' rates, or of the sum over the time of the row or of the longest one: the records
            # of a
            # sample are spread over some microseconds
            rate = sum(one.number[s] / one.elapsed for one in mine for s in sources)
            count = sum(one.number[s] for one in mine for s in sources)
            ways = [rate] + [w for w in (count / e for e in (row.elapsed, max(one.elapsed for one in mine)) if e)
                             if abs(w - rate) <= rate / 1000]
            row.cells[column] = OneOf(*ways) if state == "good" else OneOf(None, *ways)

    def guests(self, row):
        mine, state = self.state(self.users, row)
        used = 0
        late = []
        for one in self.logoffs.get(row.sample, []):
            amount = one.number.get("USELOF_VMDTTIME")
            if one.late:            # its interval has been told of; whether it comes into this one is open
                late.append(amount or 0)
                self.qualities.append({"ok", "partial", "first", "gap", "begun", "reset"})
            elif one.quality <= {"ok", "begun"} and amount is not None:
                used += amount
            elif one.quality <= {"first", "reset", "partial"}:
                state = worse(state, "lacks")
                self.qualities.append({"ok", "first", "reset", "partial"})
            else:
                used += amount or 0
                state = worse(state, "open")
                self.qualities.append({"ok", "first", "reset", "partial", "gap", "begun"})
        value = total(mine, "USEACT_VMDTTIME")
        together = None if value is None else value + used
        rates = average(mine, "USEACT_VMDTTIME", row.elapsed) if row.elapsed and not used and not late else None
        put(row, "SGP_GUEST_CPU_S", together, state, rates)
        if late and together is not None:
            row.cells["SGP_GUEST_CPU_S"] = OneOf(None, together, together + sum(late))

    def active(self, row):
        mine, state = self.users.samples.get(row.sample, []), self.users.state(row.sample, self.prior)[0]
        gone, maybe = self.users.missing(row.sample, self.prior)
        lost = {dict(key)["USEACT_VMDUSER"] for key, _ in gone}
        count = "lacks" if lost - names(mine) else "open" if lost or any(v == "open" for _, v in maybe) else "good"
        put(row, "SGP_USERS", len(names(mine)), count if mine else "lacks")
        for column, source in (("SGPACTIV", "USEACT_VMDTTIME"), ("SGPACTVV", "USEACT_VMDVTIME")):
            active = {one.keys["USEACT_VMDUSER"] for one in mine if (one.number.get(source) or 0) > 0}
            blank = [one.keys["USEACT_VMDUSER"] for one in mine if one.number.get(source) is None]
            # one CPU of a user that is not known does not matter where another one was active
            sure = "lacks" if set(blank) - active or lost else "good" if state == "good" and not blank else "open"
            put(row, column, len(active), sure if mine else "lacks")

    def queue(self, row):
        """Base CPUs of users in the dispatch or the eligible list."""
        mine = self.users.samples.get(row.sample, [])
        gone, maybe = self.users.missing(row.sample, self.prior)
        lost = {dict(key)["USEACT_VMDUSER"] for key, _ in gone}
        sets = [one for one in mine if one.cells.get("USEACT_VMDSLIST") in ("0x37", "0x21")
                and str(one.cells.get("USEACT_CALFLAG1"))[2:3] in tuple("89ABCDEF")]
        value = sum(one.number.get("USEACT_VMDWSSPR") or 0 for one in sets)
        row.cells["SGPESWSS"] = value if sets else OneOf(None, 0)
        if lost - names(mine):
            row.cells["SGPESWSS"] = None
        elif lost or maybe or not self.model.trust43:
            row.cells["SGPESWSS"] = perhaps(value)

    def partition(self, row):
        mine, state = self.state(self.logical, row)
        own = [one for one in mine if one.number.get("SYTCUG_LPNUMBER") == one.keys["SYTCUP_LCUPPNUM"]]
        put(row, "SGP_PARTITION_CPU_S", total(own, "SYTCUP_LCUCACTM"), state if own else "lacks")

    def channels(self, row):
        mine = self.paths.samples.get(row.sample, [])
        state, quality = self.paths.state(row.sample, self.prior)
        if state != "good" and mine:
            self.qualities.append(quality)
        state = state if mine else "lacks"
        busy = [one for one in mine if (one.number.get("SYTCPC_HFCHBUSY") or 0) > 0]
        values = [one.number.get("BUSY_PCT") for one in mine]
        most = max(values) if values and None not in values else None
        count = row.number.get("SYTCPC_HFCOUNT")
        mean = 100 * total(busy, "SYTCPC_HFCHBUSY") / (len(busy) * Fraction(count)) if busy and count else None
        put(row, "SGP_CHANNEL_BUSY_SAMPLES", total(mine, "SYTCPC_HFCHBUSY"), state)
        put(row, "SGP_CHANNEL_BUSY_MAX", most, state, most)
        put(row, "SGP_CHANNELS", len(busy), state, len(busy))
        put(row, "CHANNEL_BUSY_PCT", mean, state, mean)
        better = self.model.channels_blank
        if better is not None and row.sample == better:
            for column in (*BUSY_SUMS, "SGP_CHANNEL_BUSY_MAX"):
                row.cells[column] = perhaps(row.cells[column])
        elif better is not None and row.sample > better:
            row.cells.update(dict.fromkeys(BUSY_SUMS))
            measured = [one.number["BUSY_PCT"] for t in ("VMXCPM", "VMXCHC18") for one in self.model.rows.get(t, [])
                        if one.sample == row.sample and one.number.get("BUSY_PCT") is not None]
            row.cells["SGP_CHANNEL_BUSY_MAX"] = perhaps(max(measured)) if measured else None

    def storage(self, row):
        mine = self.stores.samples.get(row.sample, [])
        gone, maybe = self.stores.missing(row.sample, self.prior)
        wants = {name: total(mine, "STOXSU_" + name) for name in ("CALXSTOR", "CALORGIN", "CALXSLIM")}
        wants["USERS"] = len(mine)
        for name, value in wants.items():
            if gone or (maybe and not mine):
                value = None
            elif not mine:
                value = OneOf(None, 0)
            row.cells["SGP_STOXSU_" + name] = perhaps(value) if maybe else value
        if gone or maybe:
            self.qualities.append({"partial"} if gone else {"ok", "partial"})


def sgp(model):
    model.rows["VMXSGP00"] = list(Global(model).rows())
