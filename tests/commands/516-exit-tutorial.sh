# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# The tutorial, built and run exactly as printed.
PATH=$(dirname "$MONREDUCE"):$PATH
CPATH=$TOP/exits
export PATH CPATH
python3 "$TOP/tests/exits/tutorial.py" "$TOP/docs/exit-tutorial.md"
