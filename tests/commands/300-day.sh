# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/day.sh"
