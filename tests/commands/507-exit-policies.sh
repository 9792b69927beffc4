# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# A hook that fails: the exit is put out of action, ignored, or the run stops.  What the failing call set is taken back.
small x.mon
compile probe
counts()
{
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "SYTPRP_PFXRUNCP") c = i } NR > 1 { printf " %s", $c }
             END { print "" }' monreduce.out/VMXSP002.csv
}
for policy in "" policy=disable, policy=ignore, policy=stop,; do
    run reduce -v -t VMXSP002 -x "./probe.so:${policy}in=USRSSPP,at=3,do=fail" x.mon
    [ "$policy" = policy=stop, ] || counts
    rm -f monreduce.out/*
    [ -n "$policy" ] && continue
    run reduce -t VMXSP002 -x "./probe.so:${policy}in=USRSSPP,at=3,do=odd" x.mon
    run reduce -t VMXSP002 -x "./probe.so:${policy}in=USRSEL,do=fail" x.mon
    for hook in begin_run begin_input begin_interval end_interval end_input end_run; do
        run reduce -t VMXSP002 -x "./probe.so:${policy}in=$hook,do=fail" x.mon
    done
done
ls monreduce.out
