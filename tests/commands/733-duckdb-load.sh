# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# load-duckdb.sql makes the tables with all cells of the CSV files; also of files that are packed or in parts.
duckdb=$(dirname "$MONREDUCE")/consumers/node_modules
command -v node >/dev/null 2>&1 || skip "there is no node"
[ -d "$duckdb/@duckdb/node-api" ] || skip "DuckDB is not there: make deps-consumers gets it"
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon >/dev/null
load()
{
    echo "loaded: $*"
    "$MONREDUCE" reduce -q --dictionary -o out "$@" day.mon
    node "$TOP/tests/consumers/duckdb-load.mjs" "$duckdb" out
    rm -rf out
}
load
load --gzip --values both
load --split interval
load --split hour --gzip --time both --crlf
