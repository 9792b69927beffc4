# SPDX-License-Identifier: Apache-2.0
# What holds of every row whatever is wrong with the file: over whole files and 200 damaged copies.
for scenario in "$TOP"/samples/day.scn "$TOP"/samples/quirks.scn "$TOP"/tests/scenarios/*.scn; do
    "$MONSAMPLE" "$scenario" "$(basename "$scenario" .scn).mon" || echo "$scenario: not made"
done
rm -f formulas.mon    # has values of the right kind, but not of the right size
"$MONSAMPLE" --set has09=0 "$TOP/tests/scenarios/sampled.scn" sampled.mon
python3 "$TOP/tests/recompute/properties.py" 200 *.mon 2>/dev/null
