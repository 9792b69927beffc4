# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# Forgotten version, other versions, shorter and longer structs.
small x.mon
for kind in 1 2 3 4 5 6 7; do
    compile versions$kind "$TOP/tests/exits/versions.c" -DKIND=$kind
    run reduce -t VMXSP002 -x ./versions$kind.so x.mon
    ls monreduce.out 2>&1 | grep V.*csv
    rm -rf monreduce.out
done
