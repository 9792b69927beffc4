# SPDX-License-Identifier: Apache-2.0
# Files that lost records, intervals, events, their beginning or their end: what is left, worked out again.
for name in partition_types detached_devices linux_buffer long_gaps narrow_counts late_events users_in_queue one_missing \
    part_missing sessions_within vary_processor; do
    "$MONSAMPLE" "$TOP/tests/scenarios/$name.scn" "$name.mon"
done
"$MONSAMPLE" --set has09=0 "$TOP/tests/scenarios/sampled.scn" sampled.mon
"$MONSAMPLE" "$TOP/samples/quirks.scn" quirks.mon
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon
python3 "$TOP/tests/recompute/damaged.py" 98 *.mon 2>/dev/null
