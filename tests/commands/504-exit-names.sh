# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# Wrong names get suggestions; wrong uses of the program do nothing and are told once each.
small x.mon
for kind in 1 2 3 4 5 6 7 8 9; do
    compile names$kind "$TOP/tests/exits/names.c" -DKIND=$kind
    run reduce -t VMXSP002,VMXSP001 -x ./names$kind.so x.mon
done
