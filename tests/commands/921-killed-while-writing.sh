# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Every call that writes is the last one of the process; the next run mends it.
needs_faults
python3 "$TOP/tests/faults/faults.py" kill
