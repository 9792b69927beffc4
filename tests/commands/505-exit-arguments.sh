# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# key=value behind the file name; what the exit does not know is a mistake.
small x.mon
compile probe
for arguments in label=1 inn=init do=fail,in=init in=init,do=message in=a,in=b =x policy=maybe policy=stop,at=3 in ; do
    run reduce -q -t VMXSP002 -x ./probe.so:$arguments x.mon
done
run reduce -q -t VMXSP002 -x './probe.so:in=begin_run,do=message,at=1\,2' x.mon
run reduce -q -x
