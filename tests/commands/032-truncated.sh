# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A small file has 11 blocks of 4096 bytes: three times control and data (configuration twice), samples from 16384 on.
small whole.mon
for size in 38000 36864 36870 32768 34000 40960 43000 20480; do
    head -c $size whole.mon >cut-$size.mon
    run reduce -o out cut-$size.mon
    echo "rows: $(grep -c TESTVM out/VMXSP002.csv)"
    rm -rf out
done
echo "no end-of-data record is worth a note only:"
run reduce -v -o out cut-40960.mon | grep -E 'MRD011|return'
