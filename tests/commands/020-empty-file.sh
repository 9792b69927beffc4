# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
: >empty.mon
gzip -c empty.mon >empty.gz
# Damaged before its first byte: there is nothing to be kept, and the input is of no use.
printf '\037\213\010\000\000\000\000\000\000\003\377\377\377\377' >none.gz
run reduce empty.mon
run census empty.mon
run census empty.gz
run census -
run reduce none.gz
