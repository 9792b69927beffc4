# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The same input gives the same manifest, whatever the clock, the folder, and what a killed run has left in it.
small small.mon
"$MONREDUCE" reduce -q -o first small.mon
mkdir second
: >second/.VMXSP002.csv.999999999-0.mrtmp
sleep 1
TZ=Asia/Tokyo LC_ALL=C.UTF-8 "$MONREDUCE" reduce -q -o second small.mon
cmp first/manifest.json second/manifest.json && echo same
ls -A second | grep -c mrtmp
"$MONREDUCE" census --json small.mon >one.json
"$MONREDUCE" census --json -v small.mon >two.json 2>messages
cmp one.json two.json && echo same
