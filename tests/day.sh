# SPDX-License-Identifier: Apache-2.0
# The day of ../shared/testdata: every cell that is expected there, from every form of the file; and the same bytes from
# all of them.  Sourced by a command test; says nothing but what is wrong.
# All tables that are expected, unless DAY_TABLES names some, separated by commas.
day=$SHARED/testdata
[ -n "$SHARED" ] && [ -f "$day/day.mon" ] || skip "there is no shared/testdata/day.mon beside this folder"

cp -r "$day/day.expected" expected
chmod -R u+w expected
python3 - <<'PYTHON'
import json
import os

from mkmon import layouts, rdw, take_apart

# The checker wants to know how exact durations are: to half a unit of the sixth decimal.
with open("expected/summary.json") as f:
    summary = json.load(f)
summary.setdefault("duration_tolerance", "0.0000005")
with open("expected/summary.json", "w") as f:
    json.dump(summary, f)
with open(os.path.join(os.environ["SHARED"], "testdata", "day.mon"), "rb") as f:
    records = [one for _, one in take_apart(f.read())]

# A physical CPU of 0/17 is a row of the partition PHYSICAL, too; these have no expected cells, but they can be counted.
with open("expected/tables.json") as f:
    tables = json.load(f)
tables["VMXLCP00"].setdefault("optional_rows", {"SYTCUP_LCUPNAME": ["PHYSICAL"]})
with open("expected/tables.json", "w") as f:
    json.dump(tables, f)
count = layouts.fields(0, 17)["SYTCUM_LCUPCPCT"]
with open("physical", "w") as f:
    print(sum(int.from_bytes(one[count.offset:count.offset + count.length], "big")
              for one in records if one[4] == 0 and one[6:8] == b"\0\x11"), file=f)
with open("day.rdw", "wb") as f:
    f.write(rdw(records))
with open("day.bare", "wb") as f:
    f.write(b"".join(records))
PYTHON
[ -f "$day/day.mon.gz" ] && cp "$day/day.mon.gz" . || gzip -c "$day/day.mon" >day.mon.gz

# check NAME FILE: reduce it and compare with what is expected.
check()
{
    "$MONREDUCE" reduce -q -o "out.$1" "$2" || echo "$1: return code $?"
    python3 "$day/check.py" --quiet ${DAY_TABLES:+--tables "$DAY_TABLES"} "out.$1" expected >score || {
        echo "$1:"
        head -n 60 score
        tail -n 1 score
    }
    [ "$(grep -c ,PHYSICAL, "out.$1/VMXLCP00.csv")" = "$(cat physical)" ] || echo "$1: not one row a physical CPU"
    [ "$1" = plain ] || diff -rq -x manifest.json out.plain "out.$1"
    echo "$1: checked"
}
check plain "$day/day.mon"
check gz day.mon.gz
check stdin - <"$day/day.mon"
check rdw day.rdw
check bare day.bare
