# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# Users into classes.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import add_configuration, sample

f = MonFile()
add_configuration(f)
users = ("OPERATOR", "LINUX1", "LINUX2", "TCPIP", "MAINT")
sample(f, 60, [record(4, 3, at(60, n), USEACT_VMDUSER=user) for n, user in enumerate(users)])
f.end().write("x.mon")
PYTHON
cat >classes.csv <<'CSV'
# whole names go first
user,class
LINUX?,guest
LINUX2 , "big, guest"
"TCPIP",network
OPER*,staff
CSV
show()
{
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "USEACT_VMDUSER") c = i } { print $c, $NF }' monreduce.out/VMXVXU00.csv
}
run reduce -t VMXVXU00 -x "$EXITS/userclass.so:file=classes.csv" x.mon | tail -n 1
show
run reduce -t VMXVXU00 -x "$EXITS/userclass.so:file=classes.csv,default=other,column=KIND" x.mon | tail -n 1
show
for text in 'user,class\nA' 'A,B' 'user,class\nA,B\nA,C' 'user,class\nA,B,C' 'user,class\n,B' 'user,class\n"A,B'; do
    printf "$text\n" >bad.csv
    run reduce -t VMXVXU00 -x "$EXITS/userclass.so:file=bad.csv" x.mon | tail -n +2 | sed "s|$EXITS|EXITS|g"
done
run reduce -x "$EXITS/userclass.so:fil=bad.csv" x.mon | tail -n +2 | sed "s|$EXITS|EXITS|g"
