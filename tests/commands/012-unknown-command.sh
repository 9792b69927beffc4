# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
"$MONREDUCE" redcue x.mon 2>text
echo "return code $?"
grep "^MRD.*redcue" text || { echo "no message with an id:"; head -n 1 text; }
ls
