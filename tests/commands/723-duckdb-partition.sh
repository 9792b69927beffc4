# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# DuckDB reads the folder of a table as one table; what the footer says is read by it, too.
duckdb=$(dirname "$MONREDUCE")/consumers/node_modules
command -v node >/dev/null 2>&1 || skip "there is no node"
[ -d "$duckdb/@duckdb/node-api" ] || skip "DuckDB is not there: make deps-consumers gets it"
"$MONSAMPLE" --set intervals=30 "$TOP/samples/day.scn" a.mon >/dev/null
sed -e 's/^start .*/start 2025-03-14 23:50:00/' -e 's/"VMDEMO"/"001E10"/' -e 's/0A1B2C/0A1B2D/g' \
    "$TOP/samples/day.scn" >b.scn
"$MONSAMPLE" --set intervals=30 b.scn b.mon >/dev/null
"$MONREDUCE" reduce -q -o csv a.mon b.mon
"$MONREDUCE" reduce -q -f parquet --partition -o parts a.mon b.mon
"$MONREDUCE" reduce -q -f parquet --partition -o parts a.mon b.mon
"$MONREDUCE" reduce -q -f parquet --partition -o each a.mon
"$MONREDUCE" reduce -q -f parquet --partition --gzip -o each b.mon
cat >read.mjs <<'JS'
import { createRequire } from "node:module";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
const require = createRequire(resolve(process.argv[2], "x.js"));
const { DuckDBInstance } = require("@duckdb/node-api");
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const query = async (sql) => (await connection.runAndReadAll(sql)).getRowObjects();
for (const folder of ["parts", "each"]) {
  let same = 0;
  for (const file of readdirSync("csv").filter((f) => /^VM.*\.csv$/.test(f))) {
    const table = file.slice(0, -4);
    const from = `read_parquet('${folder}/${table}/**/*.parquet', hive_partitioning = true, hive_types = {'SYSID': VARCHAR})`;
    const csv = `read_csv('csv/${file}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', max_line_size = 10000000)`;
    const [row] = await query(`
      SELECT (SELECT count(*) FROM ((SELECT SYSID, epoch_us(ENDTS), CAST(DATE AS VARCHAR) FROM ${from})
              EXCEPT ALL (SELECT SYSID, epoch_us(CAST(ENDTS AS TIMESTAMP)), coalesce(VMCINTTS, ENDTS)[:10] FROM ${csv}))) AS more,
             (SELECT count(*) FROM ${from}) AS a, (SELECT count(*) FROM ${csv}) AS b`);
    if (row.more === 0n && row.a === row.b && row.a > 0n) same++;
    else console.log(folder, table, row);
  }
  console.log(folder, "tables with the same rows:", same > 10 ? "all" : same);
}
const from = "read_parquet('parts/VMXSP002/**/*.parquet', hive_partitioning = true, hive_types = {'SYSID': VARCHAR})";
for (const r of await query(`SELECT SYSID, CAST(DATE AS VARCHAR) AS DATE, count(*) AS n FROM ${from} GROUP BY ALL ORDER BY ALL`))
  console.log(r.SYSID, r.DATE, String(r.n));
for (const c of await query(`DESCRIBE SELECT * FROM ${from}`))
  if (["SYSID", "DATE"].includes(c.column_name)) console.log(c.column_name, c.column_type);
const pairs = await query(`SELECT CAST(key AS VARCHAR) AS key, CAST(value AS VARCHAR) AS value FROM parquet_kv_metadata('parts/VMXSP002/SYSID=VMDEMO/**/*.parquet') ORDER BY 1`);
for (const p of pairs) {
  if (p.key === "monreduce.columns") {
    const columns = JSON.parse(p.value.replace(/\\x22/g, '"'));
    for (const name of ["DURATION", "SYTPRP_PFXUTIME", "CPU_PCT"]) console.log(JSON.stringify(columns.find((c) => c.name === name)));
  } else console.log(p.key, "=", /version|schema/.test(p.key) ? (p.value.length > 4 ? "..." : "too short") : p.value);
}
JS
node read.mjs "$duckdb"
python3 - <<'PYTHON'
import json
import sys

sys.path.insert(0, __import__("os").environ["TOP"] + "/tests/consumers")
from parquet import meaning

pairs = meaning("parts/VMXSP002/SYSID=VMDEMO/DATE=2025-03-14/VMXSP002_VMDEMO_20250314T000000.parquet")[0]
manifest = json.load(open("parts/manifest.json"))
print("schema and version as in the manifest:", pairs["monreduce.schema"] == manifest["schema"],
      pairs["monreduce.version"] == manifest["version"])
print(manifest["output"])
PYTHON
# Another layout is another number.
mkdir -p site/layouts
sed 's/,SYTPRP_PFXRUNCP,count,,counter,/,SYTPRP_PFXRUNCP,count,,gauge,/' "$TOP/schema/layouts/00-02-SYTPRP.csv" >site/layouts/00-02-SYTPRP.csv
cmp -s site/layouts/00-02-SYTPRP.csv "$TOP/schema/layouts/00-02-SYTPRP.csv" && echo "nothing was changed"
"$MONREDUCE" reduce -q --schema site -t VMXSP002 -o other a.mon
grep -h '"schema"' parts/manifest.json other/manifest.json csv/manifest.json | sort | uniq -c | sed 's/"[0-9A-F]*",/N/;s/^ *//' | sort
