# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Samples of a processor that neither a 1/5 nor a 5/1 told of: said once for each, its rows are there, the run goes on.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import add_configuration, processor, sample

f = MonFile()
add_configuration(f)
f.add("E", [record(5, 1, at(70), PRCVON_PFXCPUAD=7)])
for n in (1, 2, 3):
    sample(f, 60 * n, [processor(60 * n, cpu, cpu, SYTPRP_PFXRUNCP=100 * n) for cpu in (0, 7, 9)])
f.end().write("x.mon")
PYTHON
"$MONREDUCE" reduce -o out -t VMXSP002,VMXSCF00 x.mon 2>text
echo "return code $?"
sed -n 's/^\(MRD0319W\).*\(processor [0-9]*\)\..*/\1 \2/p' text
cut -d, -f8 out/VMXSP002.csv | tail -n +2 | sort | uniq -c | sed 's/  */ /g'
