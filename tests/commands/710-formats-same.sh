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
    # Compressed and in parts: CSV as CSV in one piece, the others as the CSV of the same parts.
    "$MONREDUCE" reduce -q -o packed --gzip --values both --time both x.mon
    python3 "$TOP/tests/consumers/same.py" csv csv packed
    "$MONREDUCE" reduce -q -o parts --split interval --gzip --values both --time both x.mon
    python3 "$TOP/tests/consumers/same.py" csv csv parts
    "$MONREDUCE" reduce -q -f ndjson -o ndjson.parts --split interval --gzip --values both --time both x.mon
    python3 "$TOP/tests/consumers/same.py" parts ndjson ndjson.parts
    "$MONREDUCE" reduce -q -f xpt -o xpt.parts --split interval --values both --time both x.mon
    python3 "$TOP/tests/consumers/same.py" parts xpt xpt.parts
    rm -rf csv ndjson sqlite parquet xpt packed parts ndjson.parts xpt.parts
done
