#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The table of messages, the code that gives them and their manual page agree: every message of base/messages.def is in
# man/monreduce-messages.7 with the same text and advice, nothing else is there, no number is used twice, and every
# message is given somewhere or said to be no longer given.
#
#   tests/check-messages.sh              check
#   tests/check-messages.sh --missing    print the entries that the page lacks, ready for it
set -u

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$top" || exit 1
bad=0

# One line a message: id|text|advice
sed -n 's/^MR_MESSAGE(\([0-9]*\), \([A-Z]\), [A-Z0-9_]*, "\(.*\)", "\(.*\)")$/MRD\1\2|\3|\4/p' base/messages.def |
    sed -e 's/\\"/"/g' -e 's/\\\\/\\/g' | sort >"$scratch/table"
if [ "$(grep -c '^MR_MESSAGE(' base/messages.def)" != "$(grep -c . "$scratch/table")" ]; then
    echo "base/messages.def: a message that is not on one line in the form described there"
    bad=1
fi

cut -c 1-7 "$scratch/table" | uniq -d >"$scratch/twice"
if [ -s "$scratch/twice" ]; then
    echo "numbers used twice:"
    cat "$scratch/twice"
    bad=1
fi

# Entries of the page: .B ID, the text, and after .br the advice, each with a full stop that the table does not have.
sed -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\&//g' -e 's/\\e/\\/g' man/monreduce-messages.7 | awk '
    function put() { if (id != "") print id "|" text "|" advice }
    function sentence(s) { sub(/\.$/, "", s); return s }
    /^\.B MRD[0-9]+[A-Z]$/ { put(); id = $2; text = advice = ""; want = 1; next }
    /^\.br$/ { want = id == "" ? 0 : 2; next }
    /^\./ { want = 0; next }
    want == 1 { text = sentence($0); want = 0 }
    want == 2 { advice = sentence($0); want = 0 }
    END { put() }' | sort >"$scratch/page"

if [ "${1-}" = --missing ]; then
    cut -d '|' -f 1 "$scratch/page" | grep -vFf - "$scratch/table" |
        sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/'/\\\\(aq/g" |
        awk -F '|' '{ print ".TP"; print ".B " $1; print $2 "." } $3 != "" { print ".br"; print $3 "." }'
    exit 0
fi

if ! diff -U 0 "$scratch/table" "$scratch/page" >"$scratch/diff"; then
    echo "base/messages.def (-) and man/monreduce-messages.7 (+) differ:"
    grep '^[-+]MRD' "$scratch/diff"
    bad=1
fi

# A message that is no longer given keeps its number; the line before it says so.
for name in $(sed -n 's/^MR_MESSAGE([0-9]*, [A-Z], \([A-Z0-9_]*\),.*/\1/p' base/messages.def); do
    grep -qw "MR_MSG_$name" ./*.c ./*/*.[ch] && continue
    grep -B 1 "^MR_MESSAGE([0-9]*, [A-Z], $name," base/messages.def | grep -q 'no longer given' && continue
    echo "no code gives $name"
    bad=1
done

[ $bad = 0 ] && echo "messages agree"
exit $bad
