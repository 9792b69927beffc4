# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Help goes to standard output, ends well and lists only options that are there.
check()
{
    "$MONREDUCE" "$@" >text 2>errors
    echo "monreduce $*: return code $?, $(head -n 1 text | cut -c1-27)..., $(wc -c <errors | tr -d ' ') bytes of errors"
    grep -nE '.{101}|[[:space:]]$' text
}
check --help
check -h
grep -E '^  [a-z]+  ' text | awk '{print $1}' >commands
echo "$(wc -l <commands | tr -d ' ') commands or more: $([ "$(wc -l <commands)" -ge 2 ] && echo yes)"
while read -r command; do
    "$MONREDUCE" "$command" -h >short
    "$MONREDUCE" "$command" --help >long 2>errors || echo "$command --help fails"
    cmp short long
    grep -q "^usage: monreduce $command" long || echo "$command --help has no usage line"
    [ -s errors ] && echo "$command --help writes errors"
    sed -n 's/^ *\(-[a-z], \)\{0,1\}\(--[a-z-]*\)\( [A-Z]*\)\{0,1\}  .*/\2\3/p' long >options
    [ -s options ] || echo "$command --help lists no option"
    while read -r option value; do
        [ "$option" = --threads ] && value=2 || value=${value:+x}
        "$MONREDUCE" "$command" "$option" $value --help >/dev/null || echo "$command $option is in the help only"
    done <options
done <commands
