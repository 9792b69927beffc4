# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
small x.mon
run reduce -t VMXSP002,VMXSP999 x.mon
run reduce -t vmxsp002 x.mon
ls
