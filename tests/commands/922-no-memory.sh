# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Memory runs out at many places; tests/long has them all.
needs_faults
python3 "$TOP/tests/faults/faults.py" memory
