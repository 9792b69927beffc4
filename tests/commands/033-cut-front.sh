# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The front of the file is missing: its first data frames cannot be placed, what follows the next control record can.
small whole.mon
for from in 4097 8193 12289 20481 20600; do
    tail -c +$from whole.mon >front-$from.mon
    run reduce -o out front-$from.mon
    echo "rows: $(cut -d, -f1 out/VMXSP002.csv | tail -n +2 | uniq -c | awk '{print $1, $2}')"
    rm -rf out
done
