#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Build everything with sanitizers in a folder of its own and run the unit and command tests.  A leak does not fail a unit
# test by itself, so the sanitizers write to log files, and any log file fails.
#
#   tests/run-sanitized.sh MAKE BUILD CFLAGS
set -u
make=$1
build=$2
flags=$3
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1

$make --no-print-directory BUILD="$build" CFLAGS="$flags" all "$build/unit-tests" "$build/yardstick" >"$build.log" 2>&1 || {
    tail -n 40 "$build.log"
    exit 1
}
rm -f "$build.log"
build=$(cd "$build" && pwd)
logs=$build/sanitizer-logs
rm -rf "$logs"
mkdir -p "$logs"
options="log_path=$logs/log:exitcode=99"
suppressions=$top/tests/sanitizers.supp
ASAN_OPTIONS="$options:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1"
LSAN_OPTIONS="suppressions=$suppressions:print_suppressions=0"
UBSAN_OPTIONS="$options:print_stacktrace=1"
TSAN_OPTIONS="$options:report_thread_leaks=0" # an exit that crashes ends the process where it stands
export ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS

status=0
case $flags in
*sanitize=thread*)
    # The unit test library maps memory where this sanitizer keeps its own; the unit tests start no threads.
    echo "unit tests are left out: their library does not run with the thread sanitizer"
    THREADS=3
    export THREADS
    ;;
*)
    timeout -k 5 900 "$build/unit-tests" --jobs 2 --timeout 300 || status=1
    ;;
esac
sh tests/run-commands.sh "$build" || status=1
for log in "$logs"/*; do
    [ -f "$log" ] || continue
    status=1
    echo "--- $log"
    head -n 60 "$log"
done
[ $status = 0 ] && echo "no report of the sanitizers"
exit $status
