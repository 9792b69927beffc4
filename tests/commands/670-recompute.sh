# SPDX-License-Identifier: Apache-2.0
# Every derived column of every table, and every cell of joined rows and sums, worked out again from the records of a file.
for scenario in "$TOP"/samples/day.scn "$TOP"/samples/quirks.scn "$TOP"/tests/scenarios/*.scn; do
    "$MONSAMPLE" "$scenario" "$(basename "$scenario" .scn).mon" || echo "$scenario: not made"
done
"$MONSAMPLE" --intervals 3 --set users=12 --set disks=6 "$TOP/samples/busy.scn" busy.mon
"$MONSAMPLE" --set has18=1 --set intervals=3 "$TOP/tests/scenarios/sampled.scn" sampled18.mon
"$MONSAMPLE" --set has20=1 --set intervals=3 "$TOP/tests/scenarios/sampled.scn" sampled20.mon
python3 "$TOP/tests/recompute/recompute.py" *.mon 2>/dev/null
