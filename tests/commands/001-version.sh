# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
[ "$("$MONREDUCE" --version)" = "monreduce $(cat "$TOP/VERSION")" ]
echo "version as in VERSION: return code $?"
