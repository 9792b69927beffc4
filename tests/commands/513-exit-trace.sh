# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# What each hook sees.
small x.mon
run exit-test "$EXITS/trace.so:limit=1,cells=6" x.mon | tail -n +2
