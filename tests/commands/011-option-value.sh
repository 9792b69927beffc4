# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
run reduce x.mon -o
run reduce x.mon --tables
run reduce x.mon -f
run census x.mon --schema
ls
