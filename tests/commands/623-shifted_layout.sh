# SPDX-License-Identifier: Apache-2.0
# 4/3 with words put in or left out: what lies before is never lost, what lies behind is right or blank.
python3 "$TOP/tests/scenarios/shifted_layout.py"
