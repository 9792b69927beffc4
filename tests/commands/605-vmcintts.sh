# SPDX-License-Identifier: Apache-2.0
# VMCINTTS with and without the letters of control entries, in mid-stream, and where a 1/11 is lost.
python3 "$TOP/tests/scenarios/vmcintts.py"
