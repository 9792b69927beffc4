# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
small x.mon
: >file
run reduce -o file x.mon
run reduce -o file/below x.mon
run reduce -o missing/below/it x.mon
ls
echo "# a disk that fills up: the tables of the run before stay as they are"
run reduce -q -o out x.mon
cp -r out before
python3 - <<'PYTHON'
from mkmon import MonFile
from scenes import add_configuration, processor, sample

f = MonFile()
add_configuration(f, cpus=40)
for n in range(1, 200):
    sample(f, 60 * n, [processor(60 * n, cpu, SYTPRP_PFXRUNCP=n) for cpu in range(40)])
f.end().write("large.mon")
PYTHON
(
    trap '' XFSZ
    ulimit -f 100
    run reduce -t VMXSP002,VMXPCF00 -o out large.mon
) 2>&1
diff -r before out && echo "as before"
ls -A out | grep -v -E '^(VMX|VMR)[A-Z0-9_]*\.csv$|^dictionary.csv$|^manifest.json$'
exit 0
