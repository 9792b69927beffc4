#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Build for s390x, a big-endian machine, and run the unit and command tests in an emulator.
#
#   tests/run-s390x.sh MAKE BUILD PACKAGE... [-- NAME...]      NAME: as for tests/run-commands.sh
set -u
make=$1
build=$2
shift 2
packages=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
    zlib1g-dev | nettle-dev | lib*-dev) packages="$packages $1" ;;
    esac
    shift
done
[ $# -gt 0 ] && shift
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1
mkdir -p "$build"
build=$(cd "$build" && pwd)
sh tests/s390x/root.sh "$build/root" $packages || exit 1
S390X_ROOT=$build/root
# Tests compile exits and programs too, some of them with the cc that is found beside the program.
CC=$build/cc
HOSTCC=$(command -v cc)
MR_TEST_ROUNDS=50 # of the tests with random damage
export S390X_ROOT CC HOSTCC MR_TEST_ROUNDS
printf '#!/bin/sh\nexec sh "%s/tests/s390x/cc.sh" "$@"\n' "$top" >"$CC"
chmod 755 "$CC"

$make --no-print-directory BUILD="$build" CC="$CC" CFLAGS="-O1 -g -Itests/s390x" \
    UNIT_LIBS="tests/s390x/criterion.c" all "$build/unit-tests" >"$build/make.log" 2>&1 || {
    tail -n 40 "$build/make.log"
    exit 1
}
od -A n -t x1 -j 5 -N 1 "$build/monreduce.s390x" | grep -q 02 || { # EI_DATA: big-endian
    echo "this is no big-endian program"
    exit 1
}
status=0
[ $# -gt 0 ] || "$build/unit-tests" || status=1
sh tests/run-commands.sh "$build" "$@" || status=1
exit $status
