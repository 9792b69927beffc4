# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# Rows by rules in a text file.
small x.mon
try()
{
    cat >rules.txt
    echo "--- $(grep -v '^#' rules.txt | tr '\n' ';')"
    "$MONREDUCE" reduce -t VMXSP002 -x "$EXITS/keep.so:rules=rules.txt" x.mon 2>&1 |
        grep '^MRD04' | sed "s|$EXITS|EXITS|g"
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) { if ($i == "SYTPRP_PFXRUNCP") r = i; if ($i == "SYTPRP_PFXCPUAD") c = i } }
             NR > 1 { printf " %s:%s", $c, $r } END { if (NR) print "" }' monreduce.out/VMXSP002.csv 2>/dev/null
    rm -rf monreduce.out
}
echo 'VMXSP002 drop SYTPRP_PFXCPUAD = 1' | try
echo 'VMXSP002 keep SYTPRP_PFXCPUAD != 1' | try
echo 'VMXSP002 drop SYTPRP_PFXRUNCP = missing' | try
echo 'VMXSP002 keep SYTPRP_PFXRUNCP != missing' | try
echo 'VMXSP002 drop SYTPRP_PFXRUNCP >= 1000' | try
echo 'VMXSP002 drop SYTPRP_PFXRUNCP < 1000 and QUALITY like "o*"' | try
echo 'VMXSP002 drop SYTPRP_PFXUTIME = 3.0 and SYSID = "TESTVM" and ENDTS < "2024-03-15 09:02:30"' | try
printf '%s\n' '# the first rule that fits decides' '' 'VMXSP002 keep SYTPRP_PFXCPUAD = 0 # all of it' \
    'VMXSP002 drop SYTPRP_PFXRUNCP > 0' 'VMXSP002 keep SYSID = "TESTVM"' | try
for rule in 'VMXSP02 drop SYSID = "X"' 'VMXSP002 lose SYSID = "X"' 'VMXSP002 drop CPUAD = 1' 'VMXSP002 drop SYSID ~ "X"' \
    'VMXSP002 drop SYSID = X' 'VMXSP002 drop SYTPRP_PFXCPUAD = "1"' 'VMXSP002 drop SYTPRP_PFXCPUAD like "1"' \
    'VMXSP002 drop SYTPRP_PFXCPUAD' 'VMXSP002 drop SYTPRP_PFXCPUAD < missing' 'VMXSP002 drop SYSID = "X" or' \
    'VMXSP002 drop SYSID = "X'; do
    echo "$rule" | try
done
run reduce -x "$EXITS/keep.so" x.mon | tail -n +2 | sed "s|$EXITS|EXITS|g"
run reduce -x "$EXITS/keep.so:rules=none.txt" x.mon | tail -n +2 | sed "s|$EXITS|EXITS|g"
