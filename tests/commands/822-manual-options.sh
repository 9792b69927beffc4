# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The manual page of a command and its --help name the same options; every VMX table and every data file of the schema
# is in the manual, and every page that is referred to is there.
for command in reduce census describe; do
    "$MONREDUCE" $command --help | grep '^  *-' | grep -oE -e '(^|[ ,])--?[a-z-]+' | tr -d ' ,' | sort -u >help
    sed 's/\\f[A-Z]//g; s/\\fP//g; s/\\-/-/g' "$TOP/man/monreduce-$command.1" |
        awk '/^\.SH/ { on = $2 == "OPTIONS" } /^\.TP/ { tag = 1; next } on && tag { print } { tag = 0 }' |
        grep -oE -e '(^|[ ,"])--?[a-z-]+' | tr -d ' ,"' | sort -u >page
    diff help page && echo "$command: the same options"
done
sed 's/\\-/-/g' "$TOP/man/monreduce.7" >overview
cut -d , -f 1 "$TOP/schema/tables.csv" | grep -E '^(VMX|VMR)' | while read -r table; do
    grep -q "$table" overview || echo "$table is not in monreduce(7)"
done
sed 's/\\-/-/g' "$TOP/man/monreduce-schema.5" >schema
for file in "$TOP"/schema/*.csv; do
    name=$(basename "$file")
    grep -q "^\.SS $name" schema || echo "$name is not in monreduce-schema(5)"
    head -n 1 "$file" | tr ',' '\n' | grep -v -x origin | while read -r column; do
        sed -n "/^\.SS $name/,/^\.S[SH]/p" schema | sed 's/\\//g' | grep -v '^\.SS' | grep -qwF -e "$column" ||
            echo "$name: column $column is not in monreduce-schema(5)"
    done
done
sed -n 's/^\.BR \(monreduce[a-z\\-]*\) (\([1-8]\)).*/\1.\2/p' "$TOP"/man/*.[1-8] | sed 's/\\-/-/g' | sort -u |
    while read -r page; do
        [ -f "$TOP/man/$page" ] || echo "there is no page $page"
    done
# Every format, and every file that an option or an exit names, has its page.
for page in csv ndjson sqlite xpt manifest schema systems keep userclass; do
    [ -f "$TOP/man/monreduce-$page.5" ] || echo "there is no monreduce-$page(5)"
    grep -q "^\.BR monreduce.-$page (5)" "$TOP/man/monreduce.1" || echo "monreduce(1) does not name monreduce-$page(5)"
done
if command -v mandoc >/dev/null 2>&1; then
    (cd "$TOP/man" && mandoc -T lint -W warning ./*.[1-8] | grep -v 'missing date')
fi
echo "all there"
