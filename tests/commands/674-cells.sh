# SPDX-License-Identifier: Apache-2.0
# Scenarios that say themselves what single cells must hold.
python3 "$TOP/tests/cells.py" $(grep -l '^#=' "$TOP"/tests/scenarios/*.scn)
