# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# An exit built from the header of version 1.0 keeps working, whatever the header has become since.
cksum <"$TOP/tests/exits/frozen/monreduce_exit_1_0.h"
small x.mon
compile frozen "" -I"$TOP/tests/exits"
run reduce -t VMXSP002 -x ./frozen.so:label=Runs x.mon
cut -d, -f 1,5,6,7 monreduce.out/VMXSP002.csv
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "SYTPRP_PFXRUNCP") c = i } { print $c, $NF }' \
    monreduce.out/VMXSP002.csv
