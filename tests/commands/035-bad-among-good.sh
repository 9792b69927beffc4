# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# One input that cannot be used does not harm the others, and the return code tells of it.
small good.mon
: >empty.mon
run reduce -o out empty.mon good.mon nowhere.mon
grep -c TESTVM out/VMXSP002.csv
run census -q good.mon empty.mon | grep -E 'MRD|return'
