# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
run reduce nowhere.mon
run census nowhere/x.mon
