#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests that take minutes: each tests/long/*.sh is run in a scratch folder of its own and shows what it found; it ends
# with 0, 77 (skipped) or, where something is wrong, anything else.
#
#   tests/run-long.sh BUILD [NAME]...     NAME: part of the name of a test; none: all
set -u

TOP=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd) || exit 1
shift
MONREDUCE=$build/monreduce
MONSAMPLE=$build/monsample
FAULTS=$build/faults.so
BUILD=$build
LONG=1
LC_ALL=C
TZ=UTC
PYTHONPATH=$TOP/tests
PYTHONDONTWRITEBYTECODE=1
scratch=$(mktemp -d) || exit 1
export TOP BUILD MONREDUCE MONSAMPLE FAULTS LONG LC_ALL TZ PYTHONPATH PYTHONDONTWRITEBYTECODE
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

failed=0
for script in "$TOP"/tests/long/*.sh; do
    name=$(basename "$script" .sh)
    chosen=$#
    for part in "$@"; do
        case $name in *"$part"*) chosen=0 ;; esac
    done
    [ $chosen = 0 ] || continue
    mkdir "$scratch/$name"
    (cd "$scratch/$name" && exec sh "$script") </dev/null
    case $? in
    0) echo "pass $name" ;;
    77) echo "skip $name" ;;
    *) echo "FAIL $name"; failed=1 ;;
    esac
    rm -rf "${scratch:?}/$name"
done
exit $failed
