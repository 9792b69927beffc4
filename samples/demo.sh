#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# demo.sh BUILD - make the sample, reduce it, show what came out.
set -eu

build=${1:-build}
sample=$build/day.mon
out=demo.out
here=$(dirname "$0")

# The first column of a CSV line that holds no quotes is easy; these tables hold some, so lines are taken apart here.
split='
function cut_line(line, cell,    n, c, k, quoted) {
    n = 1
    cell[1] = ""
    for (k = 1; k <= length(line); k++) {
        c = substr(line, k, 1)
        if (c == "\"")
            quoted = !quoted
        else if (c == "," && !quoted)
            cell[++n] = ""
        else
            cell[n] = cell[n] c
    }
    return n
}'

# show TABLE LINES "COLUMN ...": the first rows that hold differences, in some of their columns
show() {
    if [ ! -f "$out/$1.csv" ]; then
        return
    fi
    echo
    echo "$1: $3"
    awk -v lines="$2" -v wanted="$4" "$split"'
        BEGIN { count = split(wanted, want, " ") }
        NR == 1 {
            total = cut_line($0, name)
            for (w = 1; w <= count; w++) {
                for (k = 1; k <= total; k++)
                    if (name[k] == want[w])
                        at[w] = k
                width[w] = length(want[w]) > 10 ? length(want[w]) : 10
                printf "  %-" width[w] "s", want[w]
            }
            print ""
            for (k = 1; k <= total; k++)
                if (name[k] == "QUALITY")
                    quality = k
            next
        }
        {
            cut_line($0, cell)
            if (cell[quality] != "ok" || shown++ >= lines)
                next
            for (w = 1; w <= count; w++) {
                text = at[w] ? cell[at[w]] : "-"
                if (want[w] == "ENDTS")
                    text = substr(text, 12, 8)
                printf "  %-" width[w] "s", text
            }
            print ""
        }' "$out/$1.csv"
}

"$build/monsample" "$here/day.scn" "$sample"
echo "$sample: a morning on a small z/VM system, made from $here/day.scn ($(wc -c < "$sample" | tr -d ' ') bytes)"

# Return code 4 is right: the sample loses some event records on purpose.
rm -rf "$out"
code=0
"$build/monreduce" reduce -o "$out" "$sample" || code=$?
if [ "$code" -gt 4 ]; then
    echo "demo: monreduce ended with $code" >&2
    exit "$code"
fi

echo
echo "tables in $out, with their rows:"
for file in "$out"/VM*.csv; do
    echo "$(basename "$file" .csv) $(($(wc -l < "$file") - 1))"
done | awk '{ printf "  %-10s %6d%s", $1, $2, NR % 4 == 0 ? "\n" : "   " } END { if (NR % 4) print "" }'

show VMXVXU00 10 "users by virtual processor and minute, processor time in seconds" \
    "ENDTS DURATION USEACT_VMDUSER USEACT_VMDCPUAD USEACT_VMDTTIME USEACT_VMDVTIME USEACT_VMDVDSCT"
show VMXLCP00 8 "logical processors of the partitions, dispatch time in seconds" \
    "ENDTS DURATION SYTCUP_LCUPNAME SYTCUP_LCUCPUID SYTCUP_LCUCACTM SYTCUP_LCUCWGHT"

echo
echo "everything: $out/*.csv, what was lost and why: $out/manifest.json"
echo "every column: $out/dictionary.csv, or $build/monreduce describe VMXVXU00"
