# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Files of several systems are read side by side: rows come interval by interval, each system has those that it has in a
# run of its own, and any number of threads makes the same bytes, messages and return code.
for name in NORTH SOUTH; do
    "$MONSAMPLE" --intervals 14 --set "sysid=\"$name\"" "$TOP/samples/day.scn" $name.mon
done
"$MONSAMPLE" "$TOP/samples/quirks.scn" QUIRKS.mon
gzip -k SOUTH.mon
python3 - <<'PYTHON'
from mkmon import MonFile
from scenes import add_configuration, processor, sample


def written(name, system, first, last, late=0):
    f = MonFile()
    add_configuration(f, second=60 * first - 55, system=system, serial="0" + system[:5].encode().hex()[:5].upper())
    for n in range(first, last):
        sample(f, 60 * n + late, [processor(60 * n + late, cpu, SYTPRP_PFXRUNCP=n * (cpu + 3)) for cpu in range(3)])
    data = f.end().form("native")
    open(name, "wb").write(data)
    return data


# Two hours of each, the second file of WEST within the first of them.
for number, system in enumerate(("ALPHA", "BETA", "GAMMA")):
    written("%s1.mon" % system, system, 1, 60, number)
    written("%s2.mon" % system, system, 60, 120, number)
for number in range(11):
    written("many%02d.mon" % number, "MANY%02d" % number, 1 + number, 20 - number)
# A file with data of two systems; one of them has another file.
first, second = written("one.mon", "ALPHA", 1, 20), written("two.mon", "BETA", 1, 20)
open("both.mon", "wb").write(first + second)
# Damage in the middle of one, and one that breaks off.
data = bytearray(open("NORTH.mon", "rb").read())
data[len(data) // 2:len(data) // 2 + 5000] = bytes(5000)
open("damaged.mon", "wb").write(data)
open("cut.mon.gz", "wb").write(open("SOUTH.mon.gz", "rb").read()[:-30000])
PYTHON

# same NAME OPTION... FILE...: with 1, 2, 3, 4 and 16 threads.
same()
{
    name=$1
    shift
    for n in 1 2 3 4 16; do
        "$MONREDUCE" reduce -v -j $n -o "$name" "$@" >/dev/null 2>"$name-$n.err"
        echo "return code $?" >>"$name-$n.err"
        rm -rf "$name-$n"
        mv "$name" "$name-$n"
        cmp "$name-1.err" "$name-$n.err" || diff "$name-1.err" "$name-$n.err" | head
        diff -r "$name-1" "$name-$n" >diff || { echo "$name: $n threads make something else"; head -5 diff; }
    done
    [ "$(ls "$name-1" | wc -l)" -gt 1 ] || echo "$name: nothing was made"
    echo "$name: $(tail -n 1 "$name-1.err")"
}
same two NORTH.mon SOUTH.mon.gz
same three SOUTH.mon QUIRKS.mon NORTH.mon
same pieces ALPHA2.mon BETA1.mon GAMMA2.mon BETA2.mon ALPHA1.mon GAMMA1.mon
same many many*.mon
same broken damaged.mon cut.mon.gz GAMMA1.mon
same ndjson -f ndjson NORTH.mon SOUTH.mon
same columns --columns SYSID,ENDTS,SYTPRP_PFXRUNCP --crlf ALPHA1.mon BETA1.mon
same times -s '2025-03-14 00:03:00' --empty-tables NORTH.mon SOUTH.mon
same parquet -f parquet NORTH.mon SOUTH.mon
same gzip --gzip NORTH.mon SOUTH.mon
same split --split hour ALPHA1.mon BETA1.mon ALPHA2.mon
same local --time both NORTH.mon SOUTH.mon
same sheet --spreadsheet NORTH.mon SOUTH.mon
same mixed BETA1.mon both.mon GAMMA1.mon
same missing ALPHA1.mon nothing.mon BETA1.mon
grep -h MRD0331 mixed-1.err

# alone NAME FILE...: the system of the name in a run of its own.
alone()
{
    "$MONREDUCE" reduce -q -o "alone-$1" $2 2>/dev/null
}
alone NORTH NORTH.mon
alone SOUTH SOUTH.mon
alone QUIRKS QUIRKS.mon
alone ALPHA 'ALPHA1.mon ALPHA2.mon'
alone BETA 'BETA1.mon BETA2.mon'
alone GAMMA 'GAMMA1.mon GAMMA2.mon'
alone both-ALPHA one.mon
alone both-BETA 'BETA1.mon two.mon'
alone both-GAMMA GAMMA1.mon
for n in 00 01 02 03 04 05 06 07 08 09 10; do
    alone MANY$n many$n.mon
done
python3 - <<'PYTHON'
import json
import os

from scenes import table


def names(folder):
    return sorted(n[:-4] for n in os.listdir(folder) if n.endswith(".csv") and n != "dictionary.csv")


def check(folder, systems, alone="alone-%s"):
    """Each system's rows as in its own run; all rows of a sampled table by interval, and within it system by system."""
    wrong = 0
    for name in names(folder):
        rows = table(folder, name)
        for system in systems:
            wrong += [r for r in rows if r["SYSID"] == system] != table(alone % system, name)
        wrong += len(rows) != sum(len(table(alone % system, name)) for system in systems)
    tables = set(names(folder)) ^ set(sum((names(alone % system) for system in systems), []))
    print(folder, "%d tables, %d differences" % (len(names(folder)), wrong), sorted(tables))


def order(folder, name, step=60):
    blocks = []
    for row in table(folder, name):
        block = (row["VMCINTTS"][:16], row["SYSID"])
        if not blocks or blocks[-1] != block:
            blocks.append(block)
    print(folder, "%d blocks," % len(blocks), "each once," if len(set(blocks)) == len(blocks) else "some in parts,",
          "in order" if [b[0] for b in blocks] == sorted(b[0] for b in blocks) else "not in order")


check("two-1", ("NORTH", "SOUTH"))
check("three-1", ("QUIRKS", "NORTH", "SOUTH"))
check("pieces-1", ("ALPHA", "BETA", "GAMMA"))
check("many-1", ["MANY%02d" % n for n in range(11)])
check("mixed-1", ("ALPHA", "BETA", "GAMMA"), "alone-both-%s")
order("two-1", "VMXSP002")
order("pieces-1", "VMXSP002")
for folder in "pieces-1", "mixed-1", "broken-1":
    with open(folder + "/manifest.json", encoding="utf-8") as f:
        account = json.load(f)
    print(folder, [os.path.basename(i["name"]) for i in account["inputs"]], [s["sysid"] for s in account["systems"]],
          "agree" if account["agree"] else "does not agree", account["return_code"])
PYTHON

# A disk that is full, in whichever turn: the message once, and nothing in place.
trap '' XFSZ
for n in 1 2 4; do
    (
        ulimit -f 400
        "$MONREDUCE" reduce -j $n -o full NORTH.mon SOUTH.mon 2>full.err
        echo "full disk: return code $?, $(grep -c 'MRD05[0-9]*T full/VMX.*File too large' full.err) message, $(ls -A full | wc -l) files"
    )
done
