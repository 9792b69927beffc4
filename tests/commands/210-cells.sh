# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# How values are shown (design, section 4), in a table of a site's own: every type and unit that matters.
python3 - <<'PYTHON'
from mkmon import MonFile, at
from scenes import add_configuration, sample

import struct

f = MonFile()
add_configuration(f)
values = struct.pack(">BHIQhi", 255, 65535, 2**32 - 1, 2**64 - 1, -2, -3600)
values += 'A "q", b'.encode("cp037").ljust(12, b"\x40") + "=1+1".encode("cp037").ljust(4, b"\x40") + bytes(4)
values += b"\xa5" + b"\x01\xab" + bytes.fromhex("012345") + struct.pack(">H", 0x1E10)
values += struct.pack(">QQQ", 0, at(1, 234567, 4095), 0x0000000000001000)
values += struct.pack(">QIHH", 4096 * 1234567 + 4095, 1000, 7, 0) + bytes(6)
body = struct.pack(">HHBBHQ4x", 20 + len(values), 0, 12, 0, 1, at(60)) + values
sample(f, 60, [body])
f.end().write("x.mon")
PYTHON
mkdir -p site/layouts
cat >site/records.csv <<'CSV'
domain,record,dsect,title,kind,length,origin
12,1,CELLS,All kinds of cells,event,unknown,test
CSV
cat >site/layouts/12-01-CELLS.csv <<'CSV'
offset,length,type,name,unit,show,semantic,array,confidence,origin
20,1,u8,U8,none,,gauge,,site,test
21,2,u16,U16,none,,gauge,,site,test
23,4,u32,U32,none,,gauge,,site,test
27,8,u64,U64,none,,gauge,,site,test
35,2,s16,S16,none,,gauge,,site,test
37,4,s32,S32,s,,gauge,,site,test
41,12,char,TEXT,none,,text,,site,test
53,4,char,FORMULA,none,,text,,site,test
57,4,char,ZEROS,none,,text,,site,test
61,1,bits,BITS,none,,flag,,site,test
62,2,bytes,BYTES,none,,state,,site,test
64,3,bcd,BCD,none,,config,,site,test
67,2,u16,DEVICE,none,hex,key,,site,test
69,8,tod,NEVER,tod,,time,,site,test
77,8,tod,CUT,tod,,time,,site,test
85,8,tod,WRAP,tod,,time,,site,test
93,8,timer,TIMER,us,,gauge,,site,test
101,4,u32,T128,128us,,gauge,,site,test
105,2,u16,LIST,none,,gauge,2,site,test
109,8,u64,SHORT,none,,gauge,,site,test
CSV
run reduce --schema site -t VMR1201 -o out x.mon
tr ',' '\n' <out/VMR1201.csv | head -n 28 | tail -n 21 | tr '\n' ' '
echo
tail -n 1 out/VMR1201.csv | cut -d, -f6-
run reduce --schema site --crlf -t VMR1201 -o crlf x.mon
sed 's/\r$//' crlf/VMR1201.csv | cmp - out/VMR1201.csv && grep -c "$(printf '\r')" crlf/VMR1201.csv
