# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# Changing, blanking, leaving out, adding; several exits in the order given, the same file twice; the account of it.
small x.mon
compile edit
run reduce -t VMXSP002 -x ./edit.so:add=900 -x ./edit.so:add=7,drop=1,column=SEEN x.mon
python3 - <<'PYTHON'
from scenes import expect, table
import json

wanted = [{"SYTPRP_PFXCPUAD": 0, "SYTPRP_PFXRUNCP": runs, "SYTPRP_PFXUTIME": "", "SIZE": size, "SEEN": seen}
          for runs, size, seen in (("", "none", "none"), (1007, "few", "many"), (1007, "few", "many"))]
expect(table("monreduce.out", "VMXSP002"), wanted, "VMXSP002")
account = json.load(open("monreduce.out/manifest.json"))
print("agree", account["agree"], "rows", account["rows"]["total"])
for one in account["exits"]:
    assert all(hook.pop("microseconds") >= 0 for hook in one["hooks"])
    print(json.dumps(one))
PYTHON
run reduce -t VMXSP002 -x ./edit.so -x ./edit.so x.mon
run reduce -t VMXSP002 x.mon
grep -c '"exits"' monreduce.out/manifest.json
# The same whatever is selected: rows that only serve a joined table go through the exits too.
run reduce -t VMXSPP -x ./edit.so:add=5,drop=1 -o one x.mon
run reduce -t VMXSPP,VMXSP002 -x ./edit.so:add=5,drop=1 -o two x.mon
cmp one/VMXSPP.csv two/VMXSPP.csv
# A table that is not wanted can be looked up all the same.
run reduce -t VMXPCF00 -x ./edit.so x.mon
