# SPDX-License-Identifier: Apache-2.0
# Generated records of which one part tells what another one holds.
"$MONSAMPLE" "$TOP/tests/scenarios/samples.scn" samples.mon
python3 "$TOP/tests/scenarios/samples.py" samples.mon
