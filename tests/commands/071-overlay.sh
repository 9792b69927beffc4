# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A site corrects a field, adds a record and a table; what the overlay does not name stays.
python3 - <<'PYTHON'
from mkmon import at, record
from scenes import sample, small

f = small()
del f.data[-4096:]
sample(f, 240, [record(0, 2, at(240), SYTPRP_PFXCPUAD=0, SYTPRP_PFXRUNCP=777),
                record(12, 5, at(241), length=40)[:20] + "SITEDATA".encode("cp037") + bytes([0, 0, 1, 44]) + bytes(8)])
f.end().write("x.mon")
PYTHON
mkdir -p site/layouts
cat >site/records.csv <<'CSV'
domain,record,dsect,title,kind,length,origin
12,5,SITREC,A record of this site,event,40,site manual
CSV
cat >site/layouts/12-05-SITREC.csv <<'CSV'
offset,length,type,name,unit,semantic,confidence,origin
20,8,char,SITREC_NAME,none,key,site,site manual
28,4,u32,SITREC_NUMBER,count,gauge,site,site manual
CSV
cat >site/tables.csv <<'CSV'
table,rule,records,origin,select
SITE1,record,0/2,site manual,SYTPRP_PFXCPUAD SYTPRP_PFXRUNCP
CSV
run reduce -o plain x.mon
run reduce -o out --schema site x.mon
cmp plain/VMXSP002.csv out/VMXSP002.csv && echo "VMXSP002 as without the overlay"
ls plain/VMR1205.csv 2>/dev/null
python3 - <<'PYTHON'
from scenes import expect, table

expect(table("out", "VMR1205"), [{"SITREC_NAME": "SITEDATA", "SITREC_NUMBER": 300, "QUALITY": "ok"}], "VMR1205")
rows = table("out", "SITE1")
print(list(rows[0])[7:])
expect(rows, [{"SYTPRP_PFXRUNCP": value} for value in ["", "", 100, 1000, 100, 1000, 777 - 305]], "SITE1")
PYTHON
run reduce -t VMXSP302,SITE1 --schema site -o only x.mon
ls only/[SV]*.csv
