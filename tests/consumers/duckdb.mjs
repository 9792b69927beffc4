// SPDX-License-Identifier: Apache-2.0
// DuckDB reads every table of a folder of Parquet files; types and all values are those of the CSV of the same run.
//
//   node duckdb.mjs NODE_MODULES CSVDIR PARQUETDIR
import { createRequire } from "node:module";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const [modules, csv, parquet] = process.argv.slice(2);
const require = createRequire(resolve(modules, "x.js"));
const { DuckDBInstance } = require("@duckdb/node-api");
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const query = async (sql) => (await connection.runAndReadAll(sql)).getRowObjects();
const text = (s) => "'" + s.replaceAll("'", "''") + "'";
const name = (s) => '"' + s.replaceAll('"', '""') + '"';

// How a cell of CSV and one of each type are compared: an expression that is true where they differ.
const differs = {
  VARCHAR: (a, b) => `coalesce(${a}, '') <> coalesce(${b}, '')`,
  DOUBLE: (a, b) => `(${a} IS NULL) <> (${b} IS NULL) OR abs(CAST(${a} AS DOUBLE) - ${b}) > greatest(5.01e-7, 1e-15 * abs(${b}))`,
  "TIMESTAMP WITH TIME ZONE": (a, b) => `epoch_us(CAST(${a} AS TIMESTAMP)) IS DISTINCT FROM epoch_us(${b})`,
  TIMESTAMP: (a, b) => `epoch_us(CAST(${a} AS TIMESTAMP)) IS DISTINCT FROM epoch_us(${b})`,
};
for (const whole of ["INTEGER", "BIGINT", "UBIGINT"])
  differs[whole] = (a, b) => `${a} IS DISTINCT FROM CAST(${b} AS VARCHAR)`;

const tables = readdirSync(csv).filter((f) => f.endsWith(".csv") && f !== "dictionary.csv").map((f) => f.slice(0, -4));
let cells = 0n, bad = 0n;
const seen = new Set();
for (const table of tables) {
  const a = `read_csv(${text(join(csv, table + ".csv"))}, header=true, all_varchar=true, delim=',', quote='"', escape='"', parallel=false, strict_mode=true, max_line_size=10000000)`;
  const b = `read_parquet(${text(join(parquet, table + ".parquet"))})`;
  const columns = await query(`DESCRIBE SELECT * FROM ${b}`);
  const header = await query(`DESCRIBE SELECT * FROM ${a}`);
  const counts = await query(`SELECT (SELECT count(*) FROM ${a}) AS a, (SELECT count(*) FROM ${b}) AS b`);
  if (counts[0].a !== counts[0].b || columns.map((c) => c.column_name).join() !== header.map((c) => c.column_name).join()) {
    console.log(`${table}: ${counts[0].b} rows, CSV has ${counts[0].a}; or the columns differ`);
    bad++;
    continue;
  }
  const tests = columns.map((c, i) => {
    seen.add(c.column_type);
    const test = differs[c.column_type] ?? (() => "true");
    return `count_if(${test("a." + name(c.column_name), "b." + name(c.column_name))}) AS c${i}`;
  });
  const row = (await query(`SELECT ${tests.join(", ")} FROM ${a} a POSITIONAL JOIN ${b} b`))[0];
  columns.forEach((c, i) => {
    const n = BigInt(row["c" + i] ?? 0);
    cells += counts[0].a;
    if (n > 0n)
      console.log(`${table}.${c.column_name} (${c.column_type}): ${n} values differ`);
    bad += n;
  });
  const end = columns.find((c) => c.column_name === "ENDTS");
  if (end && end.column_type !== "TIMESTAMP WITH TIME ZONE") {
    console.log(`${table}.ENDTS is ${end.column_type}`);
    bad++;
  }
}
console.log(bad === 0n && cells > 0n ? `DuckDB: all values the same; types ${[...seen].sort().join(", ")}` : `DuckDB: ${bad} differences in ${cells} cells`);
process.exit(bad === 0n && cells > 0n ? 0 : 1);
