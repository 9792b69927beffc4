# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Tables without rows are written where that is asked for: in every format, in the dictionary and the manifest.
small x.mon
for format in csv ndjson parquet sqlite xpt; do
    "$MONREDUCE" reduce -q -f $format -t VMXSP002,VMXVXU00 -o some.$format x.mon
    "$MONREDUCE" reduce -q -f $format -t VMXSP002,VMXVXU00 --empty-tables -o all.$format x.mon
    ls some.$format all.$format | grep -E '^(VM|mon)' | sort | uniq -c | sed 's/^ *//'
done
head -c 60 all.csv/VMXVXU00.csv; echo
wc -l <all.csv/VMXVXU00.csv
wc -c <all.ndjson/VMXVXU00.ndjson
sqlite3 all.sqlite/monreduce.db "SELECT count(*) FROM VMXVXU00; SELECT count(*) > 0 FROM VMXSP002"
python3 - <<'PYTHON'
import csv
import json
import sys

sys.path.insert(0, __import__("os").environ["TOP"] + "/tests/consumers")
import parquet
import xpt

header = next(csv.reader(open("all.csv/VMXVXU00.csv", newline="")))
columns, rows = parquet.read("all.parquet/VMXVXU00.parquet")
print("parquet:", columns == header, len(rows), parquet.meaning("all.parquet/VMXVXU00.parquet")[0]["monreduce.table"])
columns, rows = xpt.read("all.xpt/VMXVXU00.xpt")
print("xpt:", len(columns) == len(header), len(rows))
tables = {t["name"]: t["rows"] for t in json.load(open("all.csv/manifest.json"))["tables"]}
print("manifest:", tables["VMXVXU00"], tables["VMXSP002"] > 0,
      [t["name"] for t in json.load(open("some.csv/manifest.json"))["tables"]])
known = {r["table"] for r in csv.DictReader(open("all.csv/dictionary.csv", newline=""))}
print("dictionary:", sorted(known))
PYTHON
# All tables that there are; with threads the same bytes; the next run without the option takes them away.
"$MONREDUCE" reduce -q --empty-tables -o every x.mon
"$MONREDUCE" reduce -q --empty-tables -j 3 -o threads x.mon
diff -r every threads && echo "the same with threads"
[ "$("$MONREDUCE" describe --names '' | grep -vc /)" = "$(ls every | grep -c '^VM')" ] && echo "every table of the dictionary"
"$MONREDUCE" reduce -q -o every x.mon
ls every | grep -c '^VM'
run reduce -q --empty-tables --split day -o wrong x.mon
run reduce -q --empty-tables -f parquet --partition -o wrong x.mon
duckdb=$(dirname "$MONREDUCE")/consumers/node_modules
if [ -d "$duckdb/@duckdb/node-api" ]; then
    node -e '
        const { createRequire } = require("node:module");
        const { DuckDBInstance } = createRequire(process.argv[1] + "/x.js")("@duckdb/node-api");
        (async () => {
            const c = await (await DuckDBInstance.create(":memory:")).connect();
            const r = await c.runAndReadAll("SELECT count(*) AS n, (SELECT count(*) FROM (DESCRIBE SELECT * FROM \"all.parquet/VMXVXU00.parquet\")) > 90 AS wide FROM \"all.parquet/VMXVXU00.parquet\"");
            const row = r.getRowObjects()[0];
            if (row.n !== 0n || row.wide !== true) console.log("DuckDB:", row);
        })();' "$duckdb"
fi
