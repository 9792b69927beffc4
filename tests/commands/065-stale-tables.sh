# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A run into the folder of an earlier one: tables that it does not make do not stay beside its manifest; files that are
# not of an earlier run do.
small x.mon
"$MONREDUCE" reduce -q -o out x.mon
[ -f out/VMXPCF00.csv ] && [ -f out/VMXSP002.csv ] && echo "both tables are there"
echo mine >out/NOTES.csv
"$MONREDUCE" reduce -q -t VMXSP002 -o out x.mon
ls out
