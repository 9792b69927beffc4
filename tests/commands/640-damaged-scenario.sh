# SPDX-License-Identifier: Apache-2.0
# A scenario file damaged in 200 ways: no run crashes or stops, and each leaves a manifest whose sums agree.
"$MONSAMPLE" --intervals 3 "$TOP/samples/quirks.scn" good.mon
python3 "$TOP/tests/scenarios/damage.py"
