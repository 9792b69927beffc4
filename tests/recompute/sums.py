# SPDX-License-Identifier: Apache-2.0
"""Sums over the rows of other tables: blank where they lack a part, with the quality that says so."""
from fields import LAYOUTS
from model import worst_sets
from wants import SKIP, perhaps


def by_sample(rows):
    found = {}
    for row in rows:
        found.setdefault(row.sample, []).append(row)
    return found


def counters(*records):
    return {column for key in records for f in LAYOUTS.fields(*key) if f.counter for column in f.columns()}


class Sum:
    """What of the rows of a table can be added up in each sample."""

    def __init__(self, model, table, ended=(), only=None):
        self.model = model
        self.samples = by_sample([one for one in model.rows.get(table, []) if only is None or only(one)])
        self.ended, self.known = ended, {}

    def entities(self, sample):
        if sample not in self.known:
            self.known[sample] = {tuple(sorted((k, v) for k, v in one.keys.items() if v is not SKIP)): one
                                  for one in self.samples.get(sample, [])}
        return self.known[sample]

    def missing(self, sample, before):
        """(entities that are certainly missing, those that may be)."""
        gone = [key for key in self.entities(before) if key not in self.entities(sample)] if before else []
        certain, open_ = [], []
        for key in gone:
            row = self.entities(before)[key]
            verdict = self.ended(row, sample) if self.ended else False
            (open_ if verdict else certain).append((key, verdict))
        return certain, open_

    def state(self, sample, before):
        """"good", "open" or "lacks", with the qualities that the row of sums may have of it."""
        mine = self.samples.get(sample, [])
        certain, open_ = self.missing(sample, before)
        qualities = [{"ok"}]
        state = "good"
        if certain:
            qualities.append({"partial"})
            state = "lacks"
        if any(verdict == "open" for _, verdict in open_):
            qualities.append({"ok", "partial"})
            state = worse(state, "open")
        for one in mine:
            if one.quality <= {"first", "reset", "partial"}:
                qualities.append(one.quality if before is None else one.quality | {"partial"})
                state = worse(state, "lacks")
            elif one.quality & {"first", "reset", "partial"}:
                qualities.append(one.quality | {"partial"} | ({"ok"} if "begun" in one.quality else set()))
                state = worse(state, "open")
            elif before is not None and one.base_sample is not None and one.base_sample < before:
                qualities.append({"gap"} if one.quality == {"gap"} else {"gap", "ok"})
                state = worse(state, "rates")
            elif one.quality & {"gap"}:
                qualities.append(one.quality)
            elif one.quality & {"begun"}:
                qualities.append({"ok", "begun"})
            else:
                qualities.append({"ok"})
        return state, worst_sets(qualities)


def worse(a, b):
    order = ["good", "open", "rates", "lacks"]
    return max((a, b), key=order.index)


def put(row, column, value, state, otherwise=None):
    """A sum, blank where it lacks something; otherwise: what it may be where it is made of rates."""
    if state == "good":
        row.number[column] = row.cells[column] = value
    elif state == "open":
        row.number[column], row.cells[column] = value, perhaps(value)
        row.loose.add(column)
    elif state == "rates" and otherwise is not None:
        row.number[column], row.cells[column] = otherwise, perhaps(otherwise)
        row.loose.add(column)
    else:
        row.number[column] = row.cells[column] = None


def ended_user(model):
    """Did something say that this user's virtual CPU ended between its row and the next sample?"""
    def check(row, sample):
        until = model.ends.get(sample, 2**64)
        verdict = None
        for effect, event, tod in model.events_between((4, 3), {"user": row.user, "cpu": row.cpu}, row.tod, until,
                                                        sample):
            if event == (4, 2):
                return "counted"
            if event in ((4, 6), (4, 11), (4, 1)):
                verdict = "open"    # it ended, and nothing counts what it did
        return verdict
    return check


def ended_processor(model):
    def check(row, sample):
        raw = int(next(iter(row.keys.values()))).to_bytes(2, "big")
        for effect, event, tod in model.events_between((0, 2), {"processor": raw}, row.tod,
                                                        model.ends.get(sample, 2**64), sample):
            return "open"
        return None
    return check


def total(rows, column):
    values = [one.number.get(column) for one in rows]
    return None if not values or any(v is None for v in values) else sum(values)


def average(rows, column, over):
    """The sum made of rates, over this time: None where a row has none."""
    values = []
    for one in rows:
        if one.number.get(column) is None or not one.elapsed:
            return None
        values.append(one.number[column] / one.elapsed * over)
    return sum(values) if values else None
