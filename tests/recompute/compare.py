# SPDX-License-Identifier: Apache-2.0
"""Tables as the program writes them against the rows that they must have."""
import csv
import os

from fields import stamp
from wants import SKIP, holds, show

FIXED = {"SYSID", "ORGSYSID", "CPUMODEL", "VMCINTTS", "ENDTS", "DURATION", "QUALITY", "RECORD", "VMXDVSID"}


def read(folder, table):
    path = os.path.join(folder, table + ".csv")
    if not os.path.exists(path):
        return None
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, strict=True))


def same_key(have, want):
    if want is None:
        return have == ""
    return holds(have, want)


class Comparison:
    """Counts cells and keeps what differs."""

    def __init__(self, what):
        self.what, self.faults, self.cells, self.unknown, self.tables = what, [], 0, set(), 0

    def fail(self, text):
        self.faults.append("%s: %s" % (self.what, text))

    def table(self, folder, name, rows, partly=False):
        """partly: columns that are not worked out are nobody's fault."""
        have = read(folder, name)
        if have is None:
            if rows:
                self.fail("%s is not there, %d rows expected" % (name, len(rows)))
            return
        self.tables += 1
        places = {}
        for one in have:
            places.setdefault(one["ENDTS"], []).append(one)
        for row in rows:
            if getattr(row, "optional", False):
                continue
            found = next((n for n, one in enumerate(places.get(row.ends, []))
                          if all(same_key(one.get(k, ""), v) for k, v in row.keys.items())), None)
            if found is None:
                if not getattr(row, "may_be_absent", False):
                    self.fail("%s at %s %s: no such row" % (name, row.ends, self.key(row)))
                continue
            self.row(name, row, places[row.ends].pop(found), partly)
        for ends, left in places.items():
            for one in left:
                self.fail("%s at %s: a row too many: %s" % (name, ends, dict(list(one.items())[6:11])))

    def key(self, row):
        return " ".join("%s=%s" % (k, show(v)) for k, v in row.keys.items() if v is not SKIP)

    def row(self, name, row, have, partly):
        where = "%s at %s %s" % (name, row.ends[11:], self.key(row))
        if have["QUALITY"] not in row.quality:
            self.fail("%s QUALITY: '%s', expected %s" % (where, have["QUALITY"], " or ".join(sorted(row.quality))))
        if not holds(have["DURATION"], row.duration):
            self.fail("%s DURATION: '%s', expected %s" % (where, have["DURATION"], show(row.duration)))
        if row.start is not None and have["VMCINTTS"] != stamp(row.start) and not getattr(row, "late", False):
            self.fail("%s VMCINTTS: '%s', expected %s" % (where, have["VMCINTTS"], stamp(row.start)))
        for column, text in have.items():
            if column in FIXED or column in row.keys:
                continue
            if column not in row.cells:
                if not partly:
                    self.unknown.add("%s.%s" % (name, column))
                continue
            self.cells += 1
            if not holds(text, row.cells[column]):
                self.fail("%s %s: '%s', expected %s" % (where, column, text, show(row.cells[column])))
