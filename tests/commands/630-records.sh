# SPDX-License-Identifier: Apache-2.0
# One record of every layout: its table is there, and every cell holds what was put in.
python3 "$TOP/tests/scenarios/records.py"
