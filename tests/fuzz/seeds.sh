#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inputs to begin with, made anew each time: samples in every form, and the site's files that come with the sources.
#
#   tests/fuzz/seeds.sh BUILD
set -eu
build=$1
seeds=$build/seeds
rm -rf "$seeds"
for target in container records pipeline schema systems expression rules classes; do
    mkdir -p "$seeds/$target"
done

# sample NAME FORM SCENARIO [OPTION]...
sample()
{
    name=$1 form=$2 scenario=$3
    shift 3
    "$build/monsample" --form "$form" "$@" "$scenario" "$seeds/container/$name-$form"
}
for form in native rdw bare monreader; do
    sample seed $form tests/fuzz/seed.scn
    sample one $form tests/fuzz/seed.scn --intervals 1
done
sample quirks bare samples/quirks.scn
sample day bare samples/day.scn --intervals 1
sample busy rdw samples/busy.scn --intervals 1 --set users=2 --set disks=2
for file in "$seeds"/container/seed-*; do
    gzip -n -c "$file" >"$file.gz"
done
cat "$seeds/container/one-bare.gz" "$seeds/container/seed-bare.gz" >"$seeds/container/two.gz" 2>/dev/null ||
    cat "$seeds/container/seed-bare.gz" "$seeds/container/seed-bare.gz" >"$seeds/container/two.gz"
cp "$seeds"/container/* "$seeds/pipeline/"
cp "$seeds"/container/*-bare "$seeds/records/"

# Each file of the schema, its header and some lines of it; each layout with the line that makes it another one's.
part()
{
    printf '@ %s\n' "$2"
    sed -n "$3" "schema/$2"
} >>"$seeds/schema/$1"
for file in records groups tables sessions variants joins checks derived balances; do
    part $file $file.csv 1,4p
    part $file-last $file.csv '1p;$p'
done
for path in schema/layouts/*.csv; do
    part "$(basename "$path" .csv)" "layouts/${path##*/}" 1,5p
done
# Words of the schema's columns.
sed -n 's/.*"\([a-z][a-z0-9_-]*\)".*/"\1"/p' schema/words.c >"$build/schema.dict"

cp samples/site/systems.csv "$seeds/systems/site"
printf 'orgsysid,serial\nVMDEMO,A1B2C\n' >"$seeds/systems/short"
printf 'orgsysid,sysid,model,serial,alternates,verify\nA,"a ""b""",,1,2 3,abort\n' >"$seeds/systems/quoted"

cp samples/site/rules.txt "$seeds/rules/site"
printf 'T keep U = 6 and S < 0.5 and USEACT_VMDUSER like "LI*?"\nT drop H != missing\n' >"$seeds/rules/short"
cp samples/site/classes.csv "$seeds/classes/site"
printf 'user,class\n"A" , b\n?[B-D]*,c\n' >"$seeds/classes/short"

# The formulas of the schema, one a file, with the columns of the target.
python3 - "$seeds/expression" <<'PYTHON'
import csv
import itertools
import re
import sys

formulas = ["A + B_INT * C_S", "either(A / 0, 1) - -E_R", "if(A > 3 and not (D_T = 0), min(A, 2), max(F_H, 1.5))"]
for name, column in (("derived", "formula"), ("derived", "condition"), ("balances", "rule")):
    with open("schema/%s.csv" % name, newline="") as lines:
        formulas += [row[column] for row in csv.DictReader(lines) if row[column]]
for n, formula in enumerate(sorted(set(formulas))):
    with open("%s/%03d" % (sys.argv[1], n), "w") as out:
        names = itertools.cycle(("A", "B_INT", "C_S", "E_R", "F_H", "D_T"))
        out.write(re.sub(r"\b[A-Z][A-Z0-9_]+\b", lambda found: next(names), formula))
PYTHON
