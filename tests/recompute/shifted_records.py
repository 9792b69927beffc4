# SPDX-License-Identifier: Apache-2.0
"""4/3 with words too few or too many: what lies before them is right, what lies behind is right or blank."""
import os
import subprocess
import sys

HERE = os.path.join(os.environ["TOP"], "tests", "scenarios")
sys.path[:0] = [os.path.join(HERE, "..", "recompute"), os.path.join(HERE, "..")]

from cells import Tables  # noqa: E402
from fields import LAYOUTS  # noqa: E402
from monitor import change, take_sets, write  # noqa: E402
from wants import holds  # noqa: E402

KEYS = ("ENDTS", "USEACT_VMDUSER", "USEACT_VMDCPUAD")
TRUSTED = 60
faults = []
subprocess.run([os.environ["MONSAMPLE"], os.path.join(HERE, "shifted_users.scn"), "right.mon"], check=True)
with open("right.mon", "rb") as f:
    sets = take_sets(f.read())
right = {tuple(row[k] for k in KEYS): row for row in Tables("out.right", ["right.mon"]).rows("VMXVXU00")}
offsets = {f.name: f.offset for f in LAYOUTS.fields(4, 3)}


def shift(at, size):
    """Records of which so many bytes are missing (below zero) or come in between at this offset."""
    def edit(record):
        if size < 0:
            del record[at:at - size]
        else:
            record[at:at] = bytes(size)
        record[0:2] = len(record).to_bytes(2, "big")
    return change(sets, lambda n, domain, number, one: (domain, number) == (4, 3), edit)


def check(what, rows, at):
    """Where the words are missing behind the trusted part, nothing tells what lies between."""
    if len(rows) != len(right):
        faults.append("%s: %d rows, not %d" % (what, len(rows), len(right)))
    for row in rows:
        want = right.get(tuple(row[k] for k in KEYS), {})
        if row["QUALITY"] != want.get("QUALITY"):
            faults.append("%s: %s is %s" % (what, row["ENDTS"], row["QUALITY"]))
        for column, text in row.items():
            before = offsets.get(column, 1000) < TRUSTED
            if TRUSTED <= offsets.get(column, 0) < at:
                continue
            if text == want.get(column) or (text == "" and not before):
                continue
            try:
                if text and holds(text, float(want[column])):
                    continue
            except (KeyError, ValueError):
                pass
            faults.append("%s: %s of %s at %s is '%s', right: '%s'" % (
                what, column, row["USEACT_VMDUSER"], row["ENDTS"], text, want.get(column)))


# What stands behind the account, the group and the logon time cannot be told to be elsewhere.
for at, size in ((60, 4), (60, -4), (60, 8), (60, 36), (60, 40), (60, 44), (84, -4), (84, 4)):
    write(shift(at, size), "shifted.mon")
    check("%d bytes at %d" % (size, at), Tables("out.shifted", ["shifted.mon"]).rows("VMXVXU00"), at)
print("\n".join(faults[:40]) or "as expected")
sys.exit(bool(faults))
