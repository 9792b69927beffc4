# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# SIGKILL at some random moments; tests/long has a hundred.
needs_faults
python3 "$TOP/tests/faults/killed.py" 10
