# SPDX-License-Identifier: Apache-2.0
# VMXSGP00: parts, what is missing, and the sums over processors, channel paths and users.
python3 "$TOP/tests/scenarios/global.py"
