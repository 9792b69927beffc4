#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Golden command tests: each tests/commands/NNN-name.sh is run in a scratch folder of its own, and what it prints must be
# NNN-name.out.  A script that exits 77 is skipped, with its last line as the reason.
#
#   tests/run-commands.sh BUILD [NAME]...     NAME: 120, 120-bad-overlay or any part of it; none: all
#
# THREADS=N in the environment makes every reduce and census work with N threads: what is printed must be the same.
set -u

TOP=$(cd "$(dirname "$0")/.." && pwd)

# One test: its verdict is a file pass, fail or skip beside its output.
run_one()
{
    script=$1
    name=$(basename "$script" .sh)
    scratch=$TESTS_FOLDER/$name
    mkdir -p "$scratch/work"
    (cd "$scratch/work" && exec sh "$script") >"$scratch/got" 2>&1 </dev/null
    code=$?
    if [ $code = 77 ]; then
        echo "skip $name: $(tail -n 1 "$scratch/got")" >"$scratch/skip"
    elif [ $code != 0 ]; then
        { echo "FAIL $name: the script ended with $code"; tail -n 40 "$scratch/got"; } >"$scratch/fail"
    elif diff -u "${script%.sh}.out" "$scratch/got" >"$scratch/diff" 2>&1; then
        echo "pass $name" >"$scratch/pass"
        rm -rf "$scratch/work"
    else
        { echo "FAIL $name"; cat "$scratch/diff"; } >"$scratch/fail"
    fi
    cat "$scratch/pass" "$scratch/skip" "$scratch/fail" 2>/dev/null
}

if [ "$1" = --one ]; then
    run_one "$2"
    exit 0
fi

build=$(cd "$1" && pwd) || exit 1
shift
MONREDUCE=$build/monreduce
MONSAMPLE=$build/monsample
BUILD=$build
FAULTS=$build/faults.so
SHARED=
[ -d "$TOP/../shared" ] && SHARED=$(cd "$TOP/../shared" && pwd)
TESTS_FOLDER=$(mktemp -d) || exit 1
if [ -n "${THREADS:-}" ]; then
    MONREDUCE=$TESTS_FOLDER/threads/monreduce
    mkdir "$TESTS_FOLDER/threads"
    ln -s "$build/exits" "$build/monsample" "$TESTS_FOLDER/threads"
    cat >"$MONREDUCE" <<EOS
#!/bin/sh
case \${1:-} in
reduce | census) command=\$1; shift; exec "$build/monreduce" "\$command" -j "$THREADS" "\$@" ;;
esac
exec "$build/monreduce" "\$@"
EOS
    chmod +x "$MONREDUCE"
fi
LC_ALL=C
TZ=UTC
PYTHONPATH=$TOP/tests
PYTHONDONTWRITEBYTECODE=1
export TOP BUILD MONREDUCE MONSAMPLE FAULTS SHARED TESTS_FOLDER LC_ALL TZ PYTHONPATH PYTHONDONTWRITEBYTECODE
trap 'rm -rf "$TESTS_FOLDER"' EXIT
trap 'exit 1' INT TERM

for script in "$TOP"/tests/commands/[0-9]*.sh; do
    name=$(basename "$script" .sh)
    chosen=$#
    for part in "$@"; do
        case $name in *"$part"*) chosen=0 ;; esac
    done
    [ $chosen = 0 ] && echo "$script"
done | xargs -r -n 1 -P 2 sh "$TOP/tests/run-commands.sh" --one

count()
{
    find "$TESTS_FOLDER" -mindepth 2 -maxdepth 2 -name "$1" | wc -l | tr -d ' '
}
passed=$(count pass)
failed=$(count fail)
skipped=$(count skip)
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$((passed + skipped))" -gt 0 ]
