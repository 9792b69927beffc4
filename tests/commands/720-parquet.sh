# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Parquet read by a reader of our own: all values, checksums, sizes, what the footer says.
"$MONSAMPLE" --intervals 2 "$TOP/samples/busy.scn" x.mon >/dev/null
"$MONREDUCE" reduce -q -o csv x.mon
"$MONREDUCE" reduce -q -f parquet -o parquet x.mon
"$MONREDUCE" reduce -q -f parquet --gzip -o packed x.mon
"$MONREDUCE" reduce -q -f parquet -o again x.mon
diff -r parquet again && echo "the same bytes again"
ls parquet | sed -n 's/.*\(mrtmp\|\.csv\)$/left over: &/p' | grep -v dictionary
python3 "$TOP/tests/consumers/same.py" csv parquet parquet
python3 "$TOP/tests/consumers/same.py" csv parquet packed
PYTHONPATH=$TOP/tests/consumers python3 - <<'PYTHON'
import json
import os

from parquet import meaning

pairs, made_by, groups = meaning("parquet/VMXVXU00.parquet")
columns = json.loads(pairs.pop("monreduce.columns"))
for key in sorted(pairs):
    print(key, "=", pairs[key] if key not in ("monreduce.version", "monreduce.schema") else "...")
print(made_by.startswith("monreduce version "), groups)
print(next(c for c in columns if c["name"] == "DURATION"))
sizes = [sum(os.path.getsize(os.path.join(d, n)) for n in os.listdir(d)) for d in ("packed", "parquet", "csv")]
print("packed is smaller than plain, plain smaller than CSV:", sizes == sorted(sizes))
PYTHON

# More than one row group.
"$MONSAMPLE" --intervals 16 "$TOP/samples/busy.scn" long.mon >/dev/null
"$MONREDUCE" reduce -q -t VMXVXU00 -o csv.long long.mon
"$MONREDUCE" reduce -q -t VMXVXU00 -f parquet -o parquet.long long.mon
PYTHONPATH=$TOP/tests/consumers python3 - <<'PYTHON'
from parquet import meaning

print("row groups:", "several" if meaning("parquet.long/VMXVXU00.parquet")[2] > 1 else "one")
PYTHON
python3 "$TOP/tests/consumers/same.py" csv.long parquet parquet.long

# One that is killed leaves nothing under a final name, and the next run removes its temporary files.
"$MONREDUCE" reduce -q -f parquet -o killed long.mon 2>/dev/null &
pid=$!
while ! ls -A killed 2>/dev/null | grep -q 'VMXVXU00.*mrtmp$'; do sleep 0.02; done
kill -9 $pid
wait $pid 2>/dev/null
echo "files of the one that was killed: $(ls killed | grep -c .)"
"$MONREDUCE" reduce -q -f parquet -t VMXSP001 -o killed x.mon
echo "temporary files after the next run: $(ls -A killed | grep -c mrtmp)"
