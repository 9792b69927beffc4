# SPDX-License-Identifier: Apache-2.0
"""Every derived column of every row, worked out again from the cells of its row; and a formula of the site."""
import csv
import math
import os
import re
import struct
import sys

from mkmon import TOP, MonFile, at, record
from scenes import add_configuration, sample, small
from story import compare, fail, reduce, row, same, told

BLANK = float("nan")


def either(a, b):
    """The first that is there and not zero."""
    return a if a == a and a != 0 else b


def truth(text, values):
    """A condition; blank where a number that it needs is blank."""
    return value(text, values) if text else True


def value(text, values):
    """A formula with Python's arithmetic; blank where a number is not there, and after a division by zero."""
    python = re.sub(r"(?<![<>!=])=(?!=)", "==", text)
    choice = re.fullmatch(r"if\(([^,]*),([^,]*),([^,]*)\)", python)  # only what is chosen needs to be there
    if choice:
        chosen = value(choice[1], values)
        return BLANK if chosen != chosen else value(choice[2 if chosen else 3].strip(), values)
    names = set(re.findall(r"[A-Z][A-Z0-9_]*", re.sub(r"either\([^)]*\)", "", python)))
    if any(values.get(name, BLANK) != values.get(name, BLANK) for name in names):
        return BLANK
    try:
        return eval(python, {"either": either, "max": max, "min": min, "__builtins__": {}},
                    values)  # pylint: disable=eval-used
    except ZeroDivisionError:
        return BLANK


def numbers(cells):
    values = {}
    for name, text in cells.items():
        try:
            values[name] = float(text)
        except ValueError:
            values[name] = BLANK
    return values


with open(os.path.join(TOP, "schema", "derived.csv"), newline="") as f:
    formulas = [one for one in csv.DictReader(f)]


def channels(n):
    """Paths of a second system: 0/9, one entry of 0/18, and 0/20 of the groups 1 and 2."""
    second, word = 60 * n, lambda k: 1000 * k + n * 5000 * (k + 1)
    records = [record(0, 3, at(second)), record(0, 9, at(second), SYTCPC_HFCOUNT=30 * n,
               entries=[(24 + 4 * path, {"SYTCPC_HFCHBUSY": 7 * n}) for path in range(256)])]
    raw = bytearray(record(0, 18, at(second), 40, SYTCPM_CHPATHCT=1, SYTCPM_CHPATHLN=8, SYTCPM_CALOFFST=32))
    struct.pack_into(">IB3s", raw, 32, 9000 * n, 0, bytes([5, n, 0]))
    records.append(bytes(raw))
    for group in (1, 2):
        raw = bytearray(record(0, 20, at(second), 100, SYTEPM_CALCHPID=group, SYTEPM_CALOFST1=36, SYTEPM_CALOFST2=68,
                               SYTEPM_CALLEN2=32))
        struct.pack_into(">B3s7I", raw, 36, 0xFE, b"\1\2\3", *map(word, range(7)))
        struct.pack_into(">B2xBBxBB4x5I", raw, 68, 0xA0, group, 0xF8, 2, group, 9000, 7000, 5000, 3000, 64)
        records.append(bytes(raw))
    return records


# What 0/9 says of a path is out of use where the system sends 0/18 or 0/20 (design: 10.17).
MEASURED = "CHANNELS"
OUT_OF_USE = {("VMXCHC09", "BUSY_PCT"), ("VMXCHC", "BUSY_PCT"), ("VMXSGP00", "CHANNEL_BUSY_PCT")}
scene = MonFile()
add_configuration(scene, system=MEASURED, serial="054321", cpus=1)
for minute in (1, 2, 3):
    sample(scene, 60 * minute, channels(minute))
scene.end().write("channels.mon")
out = reduce(sys.argv[1], "channels.mon", code=int(sys.argv[2]))
seen, filled, cells_checked = set(), set(), 0
for name in sorted({one["table"] for one in formulas}):
    mine = [one for one in formulas if one["table"] == name]
    for cells in out.rows(name):
        values = numbers(cells)
        for one in mine:
            holds = truth(one["condition"], values)
            want = value(one["formula"], values) if holds is True or (holds == holds and holds) else BLANK
            if cells["SYSID"] == MEASURED and (name, one["column"]) in OUT_OF_USE:
                want = BLANK
            have = cells[one["column"]]
            cells_checked += 1
            seen.add((name, one["column"]))
            if have:
                filled.add((name, one["column"]))
            if (want != want) != (have == "") or (have and not math.isclose(float(have), want, rel_tol=1e-6,
                    abs_tol=2e-6)):
                fail("%s.%s at %s: '%s', expected %s" % (name, one["column"], cells["ENDTS"], have, want))
            values[one["column"]] = want  # formulas behind it use the number as it is, not as it is shown
print("not in the file: %s" % " ".join(sorted({"%s.%s" % (o["table"], o["column"]) for o in formulas}
                                               - {"%s.%s" % one for one in seen})))
print("always blank: %s" % " ".join(sorted("%s.%s" % one for one in seen - filled)))
print("%d derived columns worked out again" % len(seen))
same("many cells", cells_checked > 2000, True)

# A site's own formula, and one that it defines anew.
os.makedirs("site", exist_ok=True)


def overlay(*lines):
    with open("site/derived.csv", "w", encoding="ascii") as f_:
        f_.write("table,column,unit,formula,condition,label,confidence,origin\n" + "".join(line + "\n"
                for line in lines))


overlay("VMXSP002,ENTRIES_PER_MS,per ms,SYTPRP_PFXRUNCP / (1000 * DURATION),DURATION > 0,Guest entries,known,site",
        "VMXSP002,SHARE,percent,100 * ENTRIES_PER_MS / (ENTRIES_PER_MS + 1) - USER_PCT,SYTPRP_PFXCPUAD = 1,A share,"
        "known,site")
small().write("x.mon")
out = reduce("--schema", "site", "x.mon")
for cpu, entries in ((0, 100), (1, 1000)):
    rate = entries / 60 / 1000
    compare("the site's formulas, processor %d" % cpu, out.rows("VMXSP002", SYTPRP_PFXCPUAD=cpu),
            [row("first", ENTRIES_PER_MS=None, SHARE=None)] + [
                row("ok", 60, ENTRIES_PER_MS=rate, USER_PCT=100 * 3 / 60,
                    SHARE=100 * rate / (rate + 1) - 5 if cpu == 1 else None)] * 2)
overlay("VMXSP002,ODD,ratio,SYTPRP_PFXRUNCP / NOWHERE,,No such column,known,site")
reduce("--schema", "site", "x.mon", code=16, out="never")
overlay("VMXSP002,ODD,ratio,SYTPRP_PFXRUNCP / (1 +,,Not a formula,known,site")
reduce("--schema", "site", "x.mon", code=16, out="never")
told()
