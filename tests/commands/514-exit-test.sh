# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# exit-test shows row by row what an exit does, and writes nothing.
small x.mon
compile edit
compile probe
run exit-test -t VMXSP002 ./edit.so:add=3,drop=1 x.mon
run exit-test -t VMXSP002 ./probe.so:in=USRSSPP,do=fail x.mon
run exit-test ./edit.so
run exit-test
run exit-test ./none.so x.mon
ls
