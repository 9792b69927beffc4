# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# SYSID is the system id of 1/4, else the serial of 1/5, else UNKNOWN (design, section 6); missing configuration is told.
python3 - <<'PYTHON'
from scenes import small

for name, skip in (("whole", ()), ("no-1-4", (4,)), ("no-1-5", (5,)), ("neither", (4, 5)), ("no-1-9", (9,)),
                   ("only-1-11", (1, 4, 5, 9))):
    small(skip=skip, serial="0abcde").write(name + ".mon")
PYTHON
for name in whole no-1-4 no-1-5 neither no-1-9 only-1-11; do
    run reduce -o out $name.mon
    echo "SYSID: $(tail -n +2 out/VMXSP002.csv | cut -d, -f1 | uniq -c | awk '{print $2, $1}')"
    rm -rf out
done
run reduce --strict -o strict no-1-5.mon
ls strict 2>/dev/null
run reduce --strict -o strict whole.mon
