# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# A crash in each kind of hook, by each signal: said with exit, hook, table and record; return code 16; the tables of the
# run before are intact and no temporary file is left.
ulimit -c 0
small x.mon
compile probe
run reduce -q -t VMXSP002 x.mon
cksum monreduce.out/* >before
clean()
{
    cksum monreduce.out/* | cmp - before
    ls -A monreduce.out | grep mrtmp
}
for hook in init begin_run begin_input begin_interval end_interval end_input end_run close USRSEL USRSSPP other; do
    run reduce -q -t VMXSP002,VMXPCF00 -x "./probe.so:in=$hook,do=segv" x.mon
    clean
done
for what in abort fpe ill bus stack exit; do
    run reduce -q -t VMXSP002 -x "./probe.so:in=USRSSPP,at=3,do=$what" x.mon
    clean
done
exit 0
