# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The 1/11 of a configuration set is lost: its row comes, and does not stand in the way of that of the next set.
python3 - <<'PYTHON'
from mkmon import MonFile
from scenes import add_configuration, configuration, processor, sample

f = MonFile()
event, records = configuration(skip=(11,))
f.add("E", event)
f.add("S", records)
sample(f, 60, [processor(60, 0)])
add_configuration(f, second=200)
sample(f, 260, [processor(260, 0)])
f.end().write("x.mon")
PYTHON
run reduce -q -o out x.mon
sed 1d out/VMXSCF00.csv | cut -d , -f 5
