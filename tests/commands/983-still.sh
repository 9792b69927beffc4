# Scenarios: "still 100" leaves every counter and gauge that is not named where it is, "still 0" does not.
cat >scenario <<'SCENARIO'
set percent = 100
start 2025-03-14 00:00:00
still percent
entities disk "%04X" 20 from 0x1000
samples
    6/3 each disk IODDEV_SCMSSCH=n * 10
end
SCENARIO
for percent in 100 0; do
    "$MONSAMPLE" --intervals 3 --set percent=$percent scenario data || exit 1
    "$MONREDUCE" reduce -q -t VMXXDV00 -o out data # no configuration: return code 4
    python3 - "$percent" <<'PYTHON'
import csv
import sys

with open("out/VMXXDV00.csv", newline="") as f:
    rows = [r for r in csv.DictReader(f) if r["QUALITY"] == "ok"]
with open("out/dictionary.csv", newline="") as f:
    counters = [d["column"] for d in csv.DictReader(f) if d["table"] == "VMXXDV00" and d["semantic"].endswith("counter")]
moved = sum(float(r[c] or 0) != 0 for r in rows for c in counters if c != "IODDEV_SCMSSCH")
named = {r["IODDEV_SCMSSCH"] for r in rows}
print("still %s: %d rows, %s counters move, the one that is named by %s" % (
    sys.argv[1], len(rows), "many" if moved > 100 else moved, " ".join(sorted(named))))
PYTHON
done
