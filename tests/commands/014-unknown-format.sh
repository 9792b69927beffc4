# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
small x.mon
run reduce -f xml x.mon
ls
