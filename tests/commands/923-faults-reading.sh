# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Every read of the input fails, or the input grows or shrinks just then.
needs_faults
python3 "$TOP/tests/faults/faults.py" reads
