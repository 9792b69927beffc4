# SPDX-License-Identifier: Apache-2.0
"""Tables of monreduce against the ones that the model works out; run with monitor files, it compares each."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

from compare import Comparison  # noqa: E402
from formulas import derive_all  # noqa: E402
from joined import join_all  # noqa: E402
from model import Model  # noqa: E402
from monitor import take_sets, write  # noqa: E402

PROGRAM = os.environ.get("MONREDUCE", os.path.join(HERE, "..", "..", "build", "monreduce"))
totals = {"cells": 0, "files": 0, "tables": 0}
faults = []
unknown = set()


def reduce(path, out, *options):
    done = subprocess.run([PROGRAM, "reduce", "-q", "-o", out, *options, path], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 4, 8):
        faults.append("%s: return code %d: %s" % (path, done.returncode, done.stderr.decode()[-200:]))
    return done.returncode


def work_out(sets):
    model = Model(sets)
    derive_all(model)
    join_all(model)
    return model


def compare(what, sets, out):
    model = work_out(sets)
    comparison = Comparison(what)
    for table, rows in sorted(model.rows.items()):
        if not table.startswith("part"):
            comparison.table(out, table, rows)
    totals["cells"] += comparison.cells
    totals["tables"] += comparison.tables
    totals["files"] += 1
    faults.extend(comparison.faults)
    unknown.update(comparison.unknown)
    return comparison


def check(what, sets):
    """Write these sets, reduce them, compare."""
    write(sets, "changed.mon")
    reduce("changed.mon", "out.changed")
    return compare(what, sets, "out.changed")


def finish():
    for one in faults[:int(os.environ.get("FAULTS_SHOWN", "40"))]:
        print(one)
    if unknown:
        print("columns that nothing works out: %s" % " ".join(sorted(unknown)))
    if totals["cells"] < 1000:
        faults.append("only %d cells" % totals["cells"])
    print("all as worked out" if not faults else "%d faults" % len(faults))
    print("%(files)d files, %(tables)d tables, %(cells)d cells" % totals, file=sys.stderr)
    sys.exit(bool(faults or unknown))


def main():
    for path in sys.argv[1:]:
        with open(path, "rb") as f:
            sets = take_sets(f.read())
        out = "out." + os.path.basename(path)
        reduce(path, out)
        compare(os.path.basename(path), sets, out)
    finish()


if __name__ == "__main__":
    main()
