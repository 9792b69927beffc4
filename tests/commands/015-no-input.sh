# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
run reduce
run census
ls
