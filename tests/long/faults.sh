# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
needs_faults
# Every call of every format fails, or is the last one.
set -e
for what in calls kill memory reads; do
    echo "$what"
    python3 "$TOP/tests/faults/faults.py" $what --all --count
done
