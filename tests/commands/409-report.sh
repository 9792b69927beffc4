# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# What the operator sees at the end of a run: all good, with warnings, with damage, and nothing with -q.  Balances are
# left out: nothing balances in these numbers.
report()
{
    "$MONREDUCE" reduce "$@" 2>report
    code=$?
    grep -v '^balance' report
    echo "return code $code"
}

python3 - <<'PYTHON'
from account import eventful
from scenes import small

small().write("small.mon")
f = eventful()
f.write("eventful.mon")
data = f.form("native")
with open("cut.mon", "wb") as out:
    out.write(data[:-5000])
place = f.offset_of(0, 2, 2)
with open("damaged.mon", "wb") as out:
    out.write(data[:place] + b"\0\3" + data[place + 2:])
PYTHON
for file in small eventful cut damaged; do
    echo "$file"
    report -t VMXSP002,VMXVXC00 -o "out.$file" $file.mon
done
echo "with a missing file"
report -t VMXSP002 -o out.missing small.mon nowhere.mon
echo "quiet"
report -q -t VMXSP002 -o out.quiet eventful.mon
report --json -o out.json small.mon
