# SPDX-License-Identifier: Apache-2.0
# For the scripts of tests/commands: sourced, not run.

# run [OPTION]...: the program, what it was asked and its return code.  Of standard error only the messages
# are shown: the report of reduce has tests of its own.
run()
{
    echo "\$ monreduce $*"
    "$MONREDUCE" "$@" >run.out 2>run.err
    code=$?
    cat run.out
    grep '^MRD' run.err
    echo "return code $code"
    rm -f run.out run.err
}

skip()
{
    echo "$*"
    exit 77
}

# For tests that load tests/faults before the program: neither sanitizers nor a wrapper around it go with that.
needs_faults()
{
    [ -f "$FAULTS" ] || skip "the library of faults has not been built"
    grep -q -a -E '__(asan|tsan)_init' "$MONREDUCE" && skip "does not go with sanitizers"
    [ -z "${THREADS:-}" ] || skip "does not go with a wrapper around the program"
}

# A small monitor file in the native form: one configuration set and three samples of two processors.
small()
{
    python3 - "$1" <<'PYTHON'
import sys
from scenes import small

small().write(sys.argv[1])
PYTHON
}

# patch FILE OFFSET HEX: overwrite bytes.
patch()
{
    python3 - "$@" <<'PYTHON'
import sys

with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2]))
    f.write(bytes.fromhex(sys.argv[3]))
PYTHON
}
