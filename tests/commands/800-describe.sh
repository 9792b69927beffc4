# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A column, a field, a site's correction, and what a wrong name gets.
run describe VMXVXU00.CPU_PCT
run describe 4/3.USEACT_VMDUSER
mkdir -p site/layouts
cat >site/records.csv <<'CSV'
domain,record,dsect,title,kind,length,origin
12,77,SITEXX,A record of this site,sample,32,our own
CSV
cat >site/layouts/12-77-SITEXX.csv <<'CSV'
offset,length,type,name,unit,semantic,label,label_confidence,confidence,origin
20,4,u32,SITEXX_READS,pages,counter,Pages read by the site's own service,known,site,our own
CSV
run describe --schema site 12/77
run describe --schema site VMR1277.SITEXX_READS
run describe 12/77
run describe VMXVXU0
run describe VMXVXU00.VMDTIME
run describe 4/3.VMDTIME
run describe nothing has these words
run describe --schema nowhere
"$MONREDUCE" describe service machine >/dev/null && echo found
"$MONREDUCE" describe | head -n 2
for table in $("$MONREDUCE" describe --names V); do
    "$MONREDUCE" describe "$table" >text || echo "$table: return code $?"
    [ "$(head -n 1 text)" = "$table" ] || echo "$table: another table"
    grep -nE '[[:space:]]$' text
done
for record in $("$MONREDUCE" describe --names | grep /); do
    "$MONREDUCE" describe "$record" >text || echo "$record: return code $?"
    grep -nE '[[:space:]]$' text
done
echo "all of them"
