# SPDX-License-Identifier: Apache-2.0
# Each counter in turn falls: one that is known to be a counter resets its row, a doubtful one is blank, and both are told.
"$MONSAMPLE" --set intervals=145 --set has09=0 "$TOP/tests/scenarios/sampled.scn" sampled.mon
python3 "$TOP/tests/recompute/falls.py" sampled.mon 2>/dev/null
