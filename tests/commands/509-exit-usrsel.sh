# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# USRSEL sees every record with its fields; of a configuration set it can leave out nothing.
small x.mon
compile select
run reduce -t VMXSP002,VMXPCF00 -x ./select.so:domain=0,number=2 x.mon
ls monreduce.out
run reduce -t VMXSP002,VMXPCF00 -x ./select.so:domain=1,number=5 x.mon | grep -v '^[01]/'
ls monreduce.out
grep refused monreduce.out/manifest.json
# Suspension: from the 1/12 to the 1/3.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import add_configuration, processor, sample

f = MonFile()
add_configuration(f)
f.add("E", [record(1, 12, at(30))])
sample(f, 60, [processor(60, 0)])
f.add("E", [record(1, 3, at(70), MTRSUS_LOSTRCCT=5)])
sample(f, 120, [processor(120, 0)])
f.end().write("y.mon")
PYTHON
run reduce -x ./select.so:domain=0,number=2 y.mon | grep -e suspended -e MRD -e '^0'
# Ends of intervals are taken even of records that are left out.
run reduce -t VMXSP002 -x ./select.so:domain=1,number=11 x.mon | grep -v '^[01]/'
cut -d, -f 4,5,6,7 monreduce.out/VMXSP002.csv
