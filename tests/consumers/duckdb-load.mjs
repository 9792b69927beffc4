// SPDX-License-Identifier: Apache-2.0
// Runs load-duckdb.sql of a folder; then each table must have the rows that DuckDB finds in the CSV as plain text, cell by
// cell, with NULL where a cell is empty.
//
//   node duckdb-load.mjs NODE_MODULES DIR
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const [modules, folder] = process.argv.slice(2);
const require = createRequire(resolve(modules, "x.js"));
const { DuckDBInstance } = require("@duckdb/node-api");
process.chdir(folder);
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const query = async (sql) => (await connection.runAndReadAll(sql)).getRowObjects();
const name = (s) => '"' + s.replaceAll('"', '""') + '"';
const script = readFileSync("load-duckdb.sql", "utf-8");
await connection.run(script);

const differs = {
  VARCHAR: (a, b) => `${a} IS DISTINCT FROM ${b}`,
  DOUBLE: (a, b) => `CAST(${a} AS DOUBLE) IS DISTINCT FROM ${b}`,
  TIMESTAMP: (a, b) => `${a} IS DISTINCT FROM strftime(${b}, '%Y-%m-%d %H:%M:%S.%f')`,
};
for (const plain of ["BIGINT", "UBIGINT", "DECIMAL(20,6)"])
  differs[plain] = (a, b) => `${a} IS DISTINCT FROM CAST(${b} AS VARCHAR)`;

let cells = 0n, bad = 0n;
const files = Object.fromEntries([...script.matchAll(/^COPY "(\w+)" FROM '([^']+)'/gm)].map((m) => [m[1], m[2]]));
for (const { table_name: table } of await query("SELECT table_name FROM duckdb_tables()")) {
  const columns = await query(`DESCRIBE ${name(table)}`);
  // In the order of the files, as the table was filled.
  const plain = `read_csv('${files[table]}', header=true, all_varchar=true, delim=',', quote='"', escape='"', parallel=false)`;
  const counts = (await query(`SELECT (SELECT count(*) FROM ${plain}) AS a, (SELECT count(*) FROM ${name(table)}) AS b`))[0];
  const tests = columns.map((c, i) => `count_if(${(differs[c.column_type] ?? (() => "true"))("a." + name(c.column_name), "b." + name(c.column_name))}) AS c${i}`);
  const row = (await query(`SELECT ${tests.join(", ")} FROM ${plain} a POSITIONAL JOIN ${name(table)} b`))[0];
  if (counts.a !== counts.b) {
    console.log(`${table}: ${counts.b} rows, not ${counts.a}`);
    bad++;
  }
  columns.forEach((c, i) => {
    cells += counts.a;
    if (row["c" + i] > 0n)
      console.log(`${table}.${c.column_name} (${c.column_type}): ${row["c" + i]} values differ`);
    bad += row["c" + i];
  });
}
console.log(bad === 0n && cells > 10000n ? "all cells" : `${bad} differences in ${cells} cells`);
process.exit(0);
