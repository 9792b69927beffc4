# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# For one reduction all formats hold the same values: each is read back by a reader of its own (tests/consumers).
for scene in day quirks; do
    "$MONSAMPLE" "$TOP/samples/$scene.scn" x.mon >/dev/null
    echo "$scene"
    "$MONREDUCE" reduce -q -o csv --values both --time both x.mon
    for format in ndjson sqlite parquet xpt; do
        "$MONREDUCE" reduce -q -f "$format" -o "$format" --values both --time both x.mon
        python3 "$TOP/tests/consumers/same.py" csv $format $format
    done
    rm -rf csv ndjson sqlite parquet xpt
done
