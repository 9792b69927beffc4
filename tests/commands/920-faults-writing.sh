# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Every call that writes fails, once and from then on as on a full disk: nothing half done has a final name.
needs_faults
python3 "$TOP/tests/faults/faults.py" calls
