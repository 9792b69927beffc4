# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
needs_faults
# SIGKILL at 100 random moments.
python3 "$TOP/tests/faults/killed.py" 100
