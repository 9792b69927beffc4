#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Build the fuzz targets and run each of them for some time.
#
#   tests/fuzz/run.sh MAKE BUILD SECONDS TARGET...
#
# What a run has learned stays in BUILD/corpus/TARGET and is where the next one begins.  An input that breaks something
# (crash, sanitizer, broken promise of a header, 10 seconds, 256 MB at once, 1 GB in all) is kept in BUILD/found.
set -u
make=$1
build=$2
seconds=$3
shift 3
cd "$(dirname "$0")/../.." || exit 1
flags="-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"

programs=$build/monsample
for target in "$@"; do
    programs="$programs $build/fuzz/$target"
done
mkdir -p "$build"
$make --no-print-directory CC=clang BUILD="$build" CFLAGS="$flags" $programs >"$build/make.log" 2>&1 || {
    tail -n 40 "$build/make.log"
    exit 1
}
mkdir -p "$build/found" "$build/log" "$build/tmp"
TMPDIR=$build/tmp
ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
UBSAN_OPTIONS=print_stacktrace=1
export TMPDIR ASAN_OPTIONS UBSAN_OPTIONS
sh tests/fuzz/seeds.sh "$build" || exit 1

# The longest input that is tried, and the words that help to find good ones.
limits()
{
    case $1 in
    container | pipeline) echo "-max_len=65536 -dict=tests/fuzz/container.dict" ;;
    records) echo "-max_len=32768 -dict=tests/fuzz/records.dict" ;;
    schema) echo "-max_len=8192 -dict=$build/schema.dict" ;;
    expression) echo "-max_len=4200 -dict=tests/fuzz/expression.dict" ;;
    rules | classes) echo "-max_len=4096 -dict=tests/fuzz/rules.dict" ;;
    *) echo "-max_len=8192" ;;
    esac
}

# The last number behind a word of the log.
last()
{
    sed -n "s/.*$2 *\([0-9][0-9]*\).*/\1/p" "$build/log/$1" | tail -n 1
}

status=0
for target in "$@"; do
    echo "$target: $seconds seconds"
    mkdir -p "$build/corpus/$target"
    "$build/fuzz/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 \
        -print_final_stats=1 -artifact_prefix="$build/found/$target-" $(limits "$target") \
        "$build/corpus/$target" "$build/seeds/$target" >"$build/log/$target" 2>&1
    code=$?
    edges=$(last "$target" "Loaded 1 modules *(")
    covered=$(last "$target" "cov:")
    printf '    %s executions, %s a second, %s inputs in the corpus, %s of %s places in the code reached\n' \
        "$(last "$target" "stat::number_of_executed_units:")" "$(last "$target" "stat::average_exec_per_sec:")" \
        "$(find "$build/corpus/$target" -type f | wc -l | tr -d ' ')" "${covered:-?}" "${edges:-?}"
    if [ $code != 0 ]; then
        status=1
        grep -E -m 3 'ERROR:|runtime error:|broken promise' "$build/log/$target" | sed 's/^/    /'
        echo "    log: $build/log/$target"
        find "$build/found" -name "$target-*" -newer "$build/make.log" |
            sed "s|.*|    once more: $build/fuzz/$target &|"
    fi
done
rmdir "$build"/tmp/* 2>/dev/null
[ $status = 0 ] && echo "nothing found"
exit $status
