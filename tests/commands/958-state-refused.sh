# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# What does not go together is refused, and nothing is written.
small small.mon
run reduce --append -o out small.mon
run reduce --no-wait -o out small.mon
run census --state st small.mon
run reduce --state st -f parquet -o out small.mon
run reduce --state st -f sqlite -o out small.mon
run reduce --state st --spreadsheet -o out small.mon
run reduce --state st --empty-tables -o out small.mon
run reduce --state none/st -o out small.mon
ls out 2>/dev/null
"$MONREDUCE" reduce -q --state st --append -o out small.mon
echo "return code $?"
# Other options or another folder: they would not make the same tables.
run reduce --state st -o other small.mon 2>&1 | sed "s|$PWD|HERE|g"
run reduce --state st -o out -t VMXSP002 small.mon | sed "s|$PWD|HERE|g"
run reduce --state st -o out --values both small.mon | sed "s|$PWD|HERE|g"
run reduce --state st -o out --split day small.mon | sed "s|$PWD|HERE|g"
# Standard input and pipes cannot be read twice; what is no monitor data is no part of the ledger.
run reduce --state st -o out - <small.mon
mkfifo pipe
run reduce --state st -o out pipe
echo no >no.mon
run reduce --state st -o out no.mon
run reduce --state st -o out missing.mon
sqlite3 st/ledger.db "SELECT name, size FROM inputs"
# A ledger of a newer version, and one that is none.
cp -r st newer
sqlite3 newer/ledger.db "PRAGMA user_version=99"
run reduce --state newer -o out small.mon
mkdir broken
head -c 9000 /dev/zero | tr '\0' x >broken/ledger.db
run reduce --state broken -o out small.mon
# State and head of a segment are damaged: it is said, and the differences begin anew.
python3 - <<'PYTHON'
import sqlite3

from mkmon import MonFile
from scenes import add_configuration, expect, processor, sample, table
from state import run

db = sqlite3.connect("st/ledger.db")
state = bytearray(db.execute("SELECT state FROM segments").fetchone()[0])
state[-20] ^= 0x10
db.execute("UPDATE segments SET state=?", (bytes(state),))
db.commit()
db.close()
f = MonFile()
add_configuration(f, second=190)
sample(f, 240, [processor(240, cpu, cpu, SYTPRP_PFXRUNCP=10000) for cpu in range(2)])
f.end().write("next.mon")
text = run("next.mon", state="st")
print("\n".join(line for line in text.splitlines() if "MRD0329" in line))
expect(table("out", "VMXSP002")[-2:], [{"QUALITY": "first", "SYTPRP_PFXRUNCP": ""}] * 2, "anew")
PYTHON
