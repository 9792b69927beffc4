#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py OURS YARDSTICK: are all cells of the yardstick's tables those of the program's?

Columns are found by name, and both must have the same.  Derived columns (schema/derived.csv) are compared as numbers: the
yardstick writes zeros at their end, and rounds for itself.  Prints what differs, at most ten cells, and the counts;
return code 1 when something differs.
"""
import csv
import os
import sys


def derived(top):
    with open(os.path.join(top, "schema", "derived.csv"), newline="") as f:
        return {(row["table"], row["column"]) for row in csv.DictReader(f)}


def same(a, b, number):
    return a == b or (number and a != "" and b != "" and abs(float(a) - float(b)) < 1.5e-6)


def compare(table, ours, theirs, formulas):
    """Cells compared, and faults."""
    with open(ours, newline="") as f, open(theirs, newline="") as g:
        left, right = csv.reader(f), csv.reader(g)
        names, wanted = next(left), next(right)
        faults = ["%s: column %s only of the yardstick" % (table, n) for n in wanted if n not in names]
        faults += ["%s: column %s only of the program" % (table, n) for n in names if n not in wanted]
        if faults:
            return 0, faults
        at = [(n, names.index(n), (table, n) in formulas) for n in wanted]
        rows = 0
        while True:
            a, b = next(left, None), next(right, None)
            if a is None or b is None:
                break
            rows += 1
            for (name, i, number), cell in zip(at, b):
                if not same(a[i], cell, number):
                    faults.append("%s, row %d, %s: program %r, yardstick %r" % (table, rows, name, a[i], cell))
        if a is not None or b is not None:
            faults.append("%s: not the same number of rows" % table)
    return rows * len(wanted), faults


def main():
    ours, theirs = sys.argv[1:3]
    formulas = derived(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    tables = sorted(name[:-4] for name in os.listdir(theirs) if name.endswith(".csv"))
    cells, faults = 0, []
    for table in tables:
        path = os.path.join(ours, table + ".csv")
        if not os.path.exists(path):
            faults.append("%s: not made by the program" % table)
            continue
        n, f = compare(table, path, os.path.join(theirs, table + ".csv"), formulas)
        cells += n
        faults += f
    for fault in faults[:10]:
        print(fault)
    print("%d tables, %d cells, %d differ" % (len(tables), cells, len(faults)))
    return 1 if faults or cells == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
