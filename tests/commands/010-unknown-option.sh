# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
for arguments in "reduce --nonsense x.mon" "reduce -Z x.mon" "census -o out x.mon" "census --tables=VMXSP002 x.mon" \
    "census --tables VMXSP002 x.mon"; do
    run $arguments
done
ls
