# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# DuckDB reads every Parquet table as CSV has it.  It comes from npm into the build folder, once.
duckdb=$(dirname "$MONREDUCE")/duckdb
command -v node >/dev/null 2>&1 || skip "there is no node"
if [ ! -d "$duckdb/node_modules/@duckdb/node-api" ]; then
    command -v npm >/dev/null 2>&1 || skip "there is no npm"
    mkdir -p "$duckdb"
    timeout 120 npm install --prefix "$duckdb" --no-audit --no-fund --loglevel=error @duckdb/node-api >npm.log 2>&1 ||
        skip "npm cannot install @duckdb/node-api: $(tail -n 1 npm.log)"
fi
for scene in day quirks; do
    "$MONSAMPLE" "$TOP/samples/$scene.scn" x.mon >/dev/null
    "$MONREDUCE" reduce -q -o csv --values both --time both x.mon
    "$MONREDUCE" reduce -q -f parquet --gzip -o parquet --values both --time both x.mon
    echo "$scene"
    node "$TOP/tests/consumers/duckdb.mjs" "$duckdb/node_modules" csv parquet
    rm -rf csv parquet
done
