#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""trace - follow what the schema says back to the lists it was taken from.

    trace.py REFERENCE                 check everything; exit status 1 where something cannot be traced
    trace.py REFERENCE NAME...         show the trace of a field, a record (4/3) or a table

REFERENCE is the folder with fields-*.csv, records-*.csv, vmx-tables.csv, derived.csv and the notes.  An origin is
`list:line`, `notes-x: heading`, `design: SECTION.ITEM` (the contract beside the folder), or, for a derived element that
is the program's own, `formula: D/R FIELD ...`.  Each line of a field list must be in some layout, and each record with
a number in records.csv.
"""
import csv
import glob
import os
import re
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "schema")
SAME = ("type", "name", "unit", "semantic", "direction", "since", "label", "label_confidence", "confidence")
RECORD = {"domain": "domain", "record": "record", "dsect": "dsect", "kind": "kind", "first_release": "first_release",
          "source": "source"}
RECORD_WHOLE = {"title": "title", "length": "table_len_530", "lengths": "other_lens", "note": "status_note"}
UNITS = {"seconds": "s", "milliseconds": "ms"}
MISPRINTS = {"VMXVXC00": "VMCVXX00"}


def read(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, strict=True))


def words(text):
    return " ".join(re.findall(r"[a-z0-9/]+", text.lower()))


class Reference:
    def __init__(self, folder):
        self.lists = {os.path.basename(p)[:-4]: read(p) for p in glob.glob(os.path.join(folder, "*.csv"))}
        self.headings = {}
        self.items = self.design(os.path.join(folder, "..", "design.md"))
        for path in glob.glob(os.path.join(folder, "*.md")):
            with open(path, encoding="utf-8") as f:
                text = f.read()
            self.headings[os.path.basename(path)[:-3]] = [words(h) for h in re.findall(r"^#+ (.*)", text, re.M)]

    @staticmethod
    def design(path):
        """Numbers SECTION.ITEM of the contract."""
        items, section = set(), ""
        with open(path, encoding="utf-8") as f:
            for text in f:
                section = (re.match(r"## (\d+)\.", text) or [None, section])[1]
                item = re.match(r"(\d+)\. ", text)
                if item:
                    items.add("%s.%s" % (section, item[1]))
        return items

    def line(self, origin):
        """The line that an origin `list:line` names, or None."""
        found = re.fullmatch(r"([a-z0-9-]+):(\d+)", origin)
        if not found or found[1] not in self.lists:
            return None
        n = int(found[2]) - 2
        return self.lists[found[1]][n] if 0 <= n < len(self.lists[found[1]]) else None

    def known(self, origin):
        """Does this origin lead anywhere?"""
        if self.line(origin) is not None:
            return True
        name, _, rest = origin.partition(":")
        if name == "design":
            return rest.strip() in self.items
        if name in self.headings:
            return any(heading.startswith(words(rest)) for heading in self.headings[name] if words(rest))
        ranges = re.fullmatch(r"\s*(\d+)(?:-(\d+))?(?:[ ,].*)?", rest)
        return bool(name in self.lists and ranges and int(ranges[2] or ranges[1]) <= len(self.lists[name]) + 1)


class Schema:
    def __init__(self, folder):
        self.folder = folder
        self.tables = {os.path.basename(p): read(p) for p in sorted(glob.glob(os.path.join(folder, "*.csv")))}
        self.layouts = {os.path.basename(p): read(p) for p in sorted(glob.glob(os.path.join(folder, "layouts", "*.csv")))}
        self.groups = {}
        for row in self.tables["groups.csv"]:
            key = (int(row["domain"]), int(row["record"]), row["variant"])
            self.groups.setdefault(key, {})[row["group"]] = row

    @staticmethod
    def key(file):
        domain, number, _, *variant = file[:-4].split("-", 3)
        return int(domain), int(number), "".join(variant)


def repeats(text, row, group, line):
    """What a layout must say where the list says this of a repeated part; None where it says something else."""
    array, group = row["array"], group or {}
    where = (group.get("at", ""), group.get("stride", ""), group.get("count", ""))
    when = group.get("when", "")
    found = re.search(r"; only for measurement group (\d)$", text)
    if found:
        if not when.endswith("CMG=" + found[1]):
            return None
        text = text[:found.start()]
    elif when:
        return None
    text = text.replace("; offset is within the entry", "")
    if text == "":
        return not array and not group
    found = re.match(r"(\d+) elements of (\d+) from this offset", text)
    if found:
        return (array == found[1] and row["length"] == found[2]) or where == (line["offset"], found[2], found[1])
    found = re.match(r"(\d+) entries at (\d+), length (\d+)", text)
    if found:
        return where == (found[2], found[3], found[1])
    found = re.match(r"entries at (\w+), length (\w+), count (\w+)$", text)
    if found:
        return where == found.groups()
    found = re.match(r"one ECM entry of (\d+) bytes at (\w+)$", text)
    if found:
        return where == (found[2], found[1], "1")
    found = re.match(r"one channel characteristics entry at (\w+), length (\w+)$", text)
    if found:
        return where == found.groups() + ("1",)
    found = re.match(r"(\w+) entries of (\w+) from (\w+)$", text)
    if found:
        return where[0].endswith("+" + found[3]) and where[1:] == (found[2], found[1])
    found = re.match(r"block list from (\d+);.*block size (\d+) \(type 1\) (\d+) \(type 2\) (\d+) \(type 3\)", text)
    if found:
        return where[0] == found[1] and where[1].endswith(":1=%s:2=%s:3=%s" % found.groups()[1:])
    found = re.match(r"time/count pairs of 8\+8 bytes: .* 20 pairs \(type 2\)|see PRCAPM_CMBN_T0", text)
    if found:
        return array == "20/16" and where[0] == "40"
    found = re.match(r"length (\w+) bytes", text)
    if found:
        return row["length"] == found[1]
    return row["length"] == "*" and "after the fixed part" in text


class Check:
    def __init__(self, schema, reference):
        self.schema, self.reference = schema, reference
        self.faults = []
        self.counts = {"fields": 0, "records": 0, "groups": 0, "tables": 0, "others": 0}

    def fault(self, what, text):
        self.faults.append("%s: %s" % (what, text))

    def same(self, what, row, column, line, other):
        if row[column] != line[other]:
            self.fault(what, "%s '%s', but '%s' in %s" % (column, row[column], line[other], row["origin"]))

    def field(self, file, row):
        what = "%s %s" % (file, row["name"])
        line = self.reference.line(row["origin"])
        self.counts["fields"] += 1
        if line is None or not row["origin"].startswith("fields-"):
            return self.fault(what, "origin '%s' is no line of a field list" % row["origin"])
        key = self.schema.key(file)
        if (int(line["domain"]), int(line["record"])) != key[:2]:
            self.fault(what, "%s is a line of %s/%s" % (row["origin"], line["domain"], line["record"]))
        for column in SAME:
            self.same(what, row, column, line, column)
        if row["note"] != re.sub(r"^layout=[^;]*; ", "", line["note"]):
            self.fault(what, "its note is not that of %s" % row["origin"])
        group = self.schema.groups.get(key, {}).get(row["group"])
        within = "offset is within the entry" in line["repeat"] or "entries at 80, length 20" in line["repeat"]
        base = int(line["offset"]) - int(row["offset"])
        if base != 0 and (group is None or within or not re.fullmatch(r"(\d+)(\+\w+)?", group["at"])
                          or base < int(re.match(r"\d+", group["at"])[0])
                          or ("+" not in group["at"] and base != int(group["at"]))):
            self.fault(what, "offset %s, but %s in %s" % (row["offset"], line["offset"], row["origin"]))
        if row["length"] != line["length"] and not (line["length"] == "0" and not row["length"].isdigit()):
            self.fault(what, "length %s, but %s in %s" % (row["length"], line["length"], row["origin"]))
        if not repeats(line["repeat"], row, group, line):
            self.fault(what, "group '%s' array '%s', but '%s' in %s" % (row["group"], row["array"], line["repeat"],
                                                                      row["origin"]))

    def bases(self, file, rows):
        """Entries whose place depends on a field: the list shows the first one, so all lie by the same amount on."""
        seen = {}
        for row in rows:
            line = self.reference.line(row["origin"])
            group = self.schema.groups.get(self.schema.key(file), {}).get(row["group"])
            if line and group and "+" in group["at"]:
                seen.setdefault(row["group"], set()).add(int(line["offset"]) - int(row["offset"]))
        for group, bases in seen.items():
            if len(bases) != 1:
                self.fault(file, "group %s: the list has its fields at %s from here" % (group, sorted(bases)))

    def record(self, row):
        what = "records.csv %s/%s%s" % (row["domain"], row["record"], row["variant"] and " " + row["variant"])
        line = self.reference.line(row["origin"])
        self.counts["records"] += 1
        if line is None or not row["origin"].startswith("records-"):
            return self.fault(what, "origin '%s' is no line of a record list" % row["origin"])
        for column, other in list(RECORD.items()) + ([] if row["variant"] else list(RECORD_WHOLE.items())):
            self.same(what, row, column, line, other)

    def table(self, row):
        what = "tables.csv %s" % row["table"]
        line = self.reference.line(row["origin"])
        self.counts["tables"] += 1
        if line is None or not row["origin"].startswith("vmx-tables:"):
            if not self.reference.known(row["origin"]):
                self.fault(what, "origin '%s' leads nowhere" % row["origin"])
            return
        if line["table"] not in (row["table"], MISPRINTS.get(row["table"])):
            self.fault(what, "%s is table %s" % (row["origin"], line["table"]))
        if row["title"].lower() != re.sub("^vmx ", "", line["title"].lower()):
            self.fault(what, "its title is not that of %s" % row["origin"])
        known = set(line["input_records"].split())
        for record in row["records"].split():
            if record not in known:
                self.fault(what, "record %s is not in %s" % (record, row["origin"]))

    def other(self, file, n, row):
        what = "%s:%d" % (file, n + 2)
        origin = row.get("origin", "")
        kind = "groups" if file == "groups.csv" else "others"
        self.counts[kind] += 1
        if origin.startswith("formula:"):
            return self.formula(what, row, origin)
        if not self.reference.known(origin):
            self.fault(what, "origin '%s' leads nowhere" % origin)
        line = self.reference.line(origin)
        if file == "groups.csv" and (line is None or (line["domain"], line["record"]) != (row["domain"], row["record"])):
            self.fault(what, "origin '%s' is no line of %s/%s" % (origin, row["domain"], row["record"]))
        if file == "derived.csv" and line is not None and "formula" in line:
            self.derived(what, row, line)

    def derived(self, what, row, line):
        """Formulas of the list are written for people: the element and its unit must be theirs, and every field."""
        if row["column"] not in line["column"].split() and "the others" not in line["column"]:
            self.fault(what, "%s is element %s" % (row["origin"], line["column"]))
        if not line["table"].startswith(row["table"]):
            self.fault(what, "%s is of table %s" % (row["origin"], line["table"]))
        if line["unit"] and row["unit"] != UNITS.get(line["unit"], line["unit"]):
            self.same(what, row, "unit", line, "unit")
        known = " ".join(one["formula"] + " " + one["condition"] for one in self.reference.lists["derived"])
        for name in re.findall(r"[A-Z]{6}_([A-Z0-9]+)", row["formula"]):
            if name not in known and name != "ELAPSED":
                self.fault(what, "field %s is in no formula of the list" % name)

    def formula(self, what, row, origin):
        """The program's own: each field that the origin names is in the schema, and is in the formula."""
        record = None
        columns = {r["column"] for r in self.schema.tables["derived.csv"]}
        for word in origin[len("formula:"):].split():
            found = re.fullmatch(r"(\d+)/(\d+)", word)
            if word in columns:
                record = record or (0, 0)
            elif found:
                record = (int(found[1]), int(found[2]))
            elif record and re.fullmatch(r"[A-Z][A-Z0-9]+", word):
                names = [r["name"] for f, rows in self.schema.layouts.items() if self.schema.key(f)[:2] == record
                         for r in rows if r["name"].endswith("_" + word)]
                if not names:
                    self.fault(what, "%d/%d has no field %s" % (record + (word,)))
        if record is None:
            self.fault(what, "origin '%s' names nothing" % origin)

    def every_line(self):
        """What the lists know of fields must be in the schema."""
        used = {row["origin"] for rows in self.schema.layouts.values() for row in rows}
        for name in sorted(n for n in self.reference.lists if n.startswith("fields-")):
            for n, line in enumerate(self.reference.lists[name]):
                if "%s:%d" % (name, n + 2) not in used:
                    self.fault("%s:%d" % (name, n + 2), "%s is in no layout" % line["name"])
        used = {row["origin"] for row in self.schema.tables["records.csv"]}
        for name in sorted(n for n in self.reference.lists if n.startswith("records-")):
            for n, line in enumerate(self.reference.lists[name]):
                if line["record"].isdigit() and "%s:%d" % (name, n + 2) not in used:
                    self.fault("%s:%d" % (name, n + 2), "%s/%s is no record" % (line["domain"], line["record"]))

    def run(self):
        for file, rows in self.schema.layouts.items():
            for row in rows:
                self.field(file, row)
            self.bases(file, rows)
        self.every_line()
        for file, rows in self.schema.tables.items():
            for n, row in enumerate(rows):
                if file == "records.csv":
                    self.record(row)
                elif file == "tables.csv":
                    self.table(row)
                else:
                    self.other(file, n, row)


def show(schema, reference, name):
    """Print where a name stands in the schema, and the line that it comes from."""
    found = 0
    tables = dict(schema.tables)
    tables.update({os.path.join("layouts", f): rows for f, rows in schema.layouts.items()})
    for file, rows in tables.items():
        for n, row in enumerate(rows):
            record = "%s/%s" % (row.get("domain"), row.get("record"))
            if name not in (row.get("name"), row.get("table"), row.get("column"), record):
                continue
            found += 1
            print("schema/%s:%d" % (file, n + 2))
            print("    " + "  ".join("%s=%s" % item for item in row.items() if item[1]))
            line = reference.line(row.get("origin", ""))
            print("  from %s" % row.get("origin"))
            if line:
                print("    " + "  ".join("%s=%s" % item for item in line.items() if item[1]))
    if not found:
        print("%s is not in the schema" % name)
    return 0 if found else 1


def main(argv):
    if len(argv) < 2 or not os.path.isdir(argv[1]):
        sys.stderr.write(__doc__)
        return 2
    schema, reference = Schema(TOP), Reference(argv[1])
    if argv[2:]:
        return max(show(schema, reference, name) for name in argv[2:])
    check = Check(schema, reference)
    check.run()
    for fault in check.faults:
        print(fault)
    if not check.faults:
        print("all traced")
    sys.stderr.write(", ".join("%d %s" % (n, what) for what, n in check.counts.items()) + "\n")
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
