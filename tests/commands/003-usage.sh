# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
"$MONREDUCE" 2>text
echo "no command: return code $?, $(sed -n 3p text)"
