# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# DuckDB reads every Parquet table as CSV has it.
duckdb=$(dirname "$MONREDUCE")/consumers/node_modules
command -v node >/dev/null 2>&1 || skip "there is no node"
[ -d "$duckdb/@duckdb/node-api" ] || skip "DuckDB is not there: make deps-consumers gets it"
for scene in day quirks; do
    "$MONSAMPLE" "$TOP/samples/$scene.scn" x.mon >/dev/null
    "$MONREDUCE" reduce -q -o csv --values both --time both x.mon
    "$MONREDUCE" reduce -q -f parquet --gzip -o parquet --values both --time both x.mon
    echo "$scene"
    node "$TOP/tests/consumers/duckdb.mjs" "$duckdb" csv parquet
    rm -rf csv parquet
done
