# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
: >empty.mon
gzip -c empty.mon >empty.gz
run reduce empty.mon
run census empty.mon
run census empty.gz
run census -
