# SPDX-License-Identifier: Apache-2.0
"""Fields of records, read from the layouts; what a field means and how fast it can rise, from the contract alone."""
import csv
import glob
import os
import re
from fractions import Fraction

from mkmon import TOP

SCALE = {"us": Fraction(1, 10**6), "ms": Fraction(1, 1000), "10ms": Fraction(1, 100), "128us": Fraction(128, 10**6),
         "s": Fraction(1)}
# Levels that older lists call counters.
LEVELS = {"SYTXSG_TCMFSHVM", "SYTSCG_SRMCONLL", "TCMPIN4K", "RSASTLWT", "RSASWPWT", "RSAXTEND", "SRXCONLL", "CALMDCAU",
          "USEACT_VMDFLREO", "STOASI_ASCCTSPI"}
# Times of one processor, virtual CPU, device or channel: they cannot rise faster than 9/8 of the time that passes.
ONE = re.compile(r"(SYTPRP_PFX\w+|USE(ACT|LOF)_VMD[VT](TIME|TMP|TMS)|SYTCUP_LCUC(ACTM|LPTM)|SYTCUM_LCUMGTM"
                 r"|OS_PER_CPU_\w+|STORSP_PLSFGCTM)$")
# Not established whether one or several of it run side by side: both readings of the rule are accepted.
PERHAPS_ONE = re.compile(r"(IODDEV_\w+|SYTCPM_CHPBUSY|SYTEPM_ECMCPBT\w*|TASK_\w+|SYTSYG_XCTMSACT)$")


class Field:
    def __init__(self, row, domain, number):
        self.name = row["name"]
        self.offset, self.length = int(row["offset"]), int(row["length"]) if row["length"].isdigit() else 0
        self.type, self.unit, self.show, self.group = row["type"], row["unit"], row["show"], row["group"]
        count, _, step = row["array"].partition("/")
        self.count, self.step = int(count or 1), int(step or self.length or 0)
        self.array = bool(row["array"])
        self.semantic = row["semantic"]
        if self.name in LEVELS or self.name.split("_", 1)[1] in LEVELS:
            self.semantic = "gauge"
        self.counter = self.semantic in ("counter", "duration-counter")
        self.direction = row["direction"] or "up"
        trusted = row["confidence"] != "derived" or ((domain, number) == (4, 3) and self.offset < 60)
        self.known = row["label_confidence"] in ("ibm", "known") and trusted
        self.sure_place = (domain, number) != (4, 3) or self.offset < 60
        self.scale = SCALE.get(self.unit, Fraction(1))
        if self.type == "timer":
            self.scale = Fraction(1, 4096 * 10**6)

    def columns(self):
        return ["%s_%d" % (self.name, n + 1) for n in range(self.count)] if self.array else [self.name]

    def raw(self, data, base, n=0):
        """The bytes of element n, None where the record ends before them."""
        at = base + self.offset + n * self.step
        return data[at:at + self.length] if self.length and base >= 0 and at + self.length <= len(data) else None

    def number(self, raw):
        return int.from_bytes(raw, "big", signed=self.type in ("s16", "s32", "s64"))

    def text(self, raw):
        """A field that is output as it is: a text, or a number."""
        if raw is None:
            return None
        if self.show == "hex" or self.type in ("bits", "bytes") and self.show != "ascii":
            return "0x" + raw.hex().upper()
        if self.show == "ascii":
            return raw.split(b"\0")[0].decode("ascii", "replace").rstrip() or None
        if self.type == "char":
            return raw.decode("cp037").rstrip(" \0") or None
        if self.type == "bcd":
            return raw.hex()
        if self.type == "tod":
            return stamp(self.number(raw)) if any(raw) else None
        return self.number(raw) * self.scale

    def value(self, rise):
        """A difference as tables show it: times are cut to the microsecond below."""
        value = rise * self.scale
        return Fraction(int(value * 10**6), 10**6) if self.semantic == "duration-counter" else value

    def bounds(self, elapsed):
        """(certainly possible, certainly not possible) rises in this time, in what the field counts in."""
        if self.semantic == "duration-counter" and self.unit in SCALE:
            whole = elapsed * Fraction(9, 8) / self.scale
            if ONE.match(self.name):
                return whole * Fraction(999, 1000) + 1, whole * Fraction(1001, 1000) + Fraction(2, 1000) / self.scale
            if PERHAPS_ONE.match(self.name):
                return whole * Fraction(999, 1000), None
            return elapsed * 100 / self.scale, None
        if self.unit == "pages":
            return elapsed * 10**6 * Fraction(999, 1000), elapsed * 10**7
        if self.unit == "count":
            return elapsed * 10**6 * Fraction(999, 1000), elapsed * 10**7 * Fraction(1001, 1000) + 1
        return elapsed * 10**6, None


class Layouts:
    def __init__(self):
        self.known, self.kinds, self.dsects = {}, {}, {}
        with open(os.path.join(TOP, "schema", "records.csv"), newline="") as f:
            for row in csv.DictReader(f):
                key = int(row["domain"]), int(row["record"]), row["variant"]
                self.kinds[key], self.dsects[key] = row["kind"], row["dsect"]

    def fields(self, domain, number, variant=""):
        key = domain, number, variant
        if key not in self.known:
            found = []
            for path in glob.glob(os.path.join(TOP, "schema", "layouts", "%02d-%02d-*.csv" % (domain, number))):
                name = os.path.basename(path)[:-4].split("-", 3)
                if (name[3] if len(name) > 3 else "") == variant:
                    with open(path, newline="") as f:
                        found = [Field(row, domain, number) for row in csv.DictReader(f)]
            self.known[key] = found
        return self.known[key]


LAYOUTS = Layouts()
TOD_1970 = 0x7D91048BCA000000


def micros(tod):
    return (tod - TOD_1970) // 4096


def seconds(tods):
    """A time between two readings of the clock, cut to the microsecond below."""
    return Fraction(tods // 4096, 10**6)


def stamp(tod):
    """A time as tables show it."""
    import datetime
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros(tod))).strftime(
        "%Y-%m-%d %H:%M:%S.%f")
