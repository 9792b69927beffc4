# SPDX-License-Identifier: Apache-2.0
# Each record type in turn is left out of an interval: nothing of what is shown is wrong, and what is not there is told.
"$MONSAMPLE" "$TOP/tests/scenarios/sampled.scn" sampled.mon
python3 "$TOP/tests/recompute/left_out.py" sampled.mon 2>/dev/null
