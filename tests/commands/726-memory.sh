# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Parquet of a large system: memory stays bounded with all tables open, and does not depend on how long the data is; the
# files are the same with threads.
"$MONSAMPLE" --intervals 6 "$TOP/samples/busy.scn" short.mon >/dev/null
"$MONSAMPLE" --intervals 54 "$TOP/samples/busy.scn" long.mon >/dev/null
cat >measure.py <<'PYTHON'
import os
import resource
import subprocess
import sys


def peak(*arguments):
    """Megabytes."""
    pid = os.fork()
    if pid == 0:
        os.execv(os.environ["MONREDUCE"], ["monreduce", "reduce", "-q", *arguments])
    return os.wait4(pid, 0)[2].ru_maxrss / 1024


short = peak("-f", "parquet", "--empty-tables", "-o", "short", "short.mon")
long = peak("-f", "parquet", "--empty-tables", "-o", "long", "long.mon")
parts = peak("-f", "parquet", "--partition", "--split", "hour", "-o", "parts", "long.mon")
print("at most 256 MB:", max(short, long, parts) <= 256 or (short, long, parts))
print("tables:", len([n for n in os.listdir("long") if n.startswith("VM")]) > 130)
PYTHON
case $(ldd "$BUILD/monreduce" 2>/dev/null) in *san.so*) skip "sanitizers need memory of their own" ;; esac
python3 measure.py
"$MONREDUCE" reduce -q -f parquet --empty-tables -j 3 -o threads long.mon
diff -r long threads && echo "the same with threads"
PYTHONPATH=$TOP/tests/consumers python3 - <<'PYTHON'
from parquet import Thrift, chunk, struct

# Its footer was kept on the disk meanwhile: all row groups are in it, and lead to where their columns are.
data = open("long/VMXVXU00.parquet", "rb").read()
size = struct.unpack("<I", data[-8:-4])[0]
meta = Thrift(data, len(data) - 8 - size).struct()
groups = meta[4]
print("row groups:", 5 < len(groups) < 60, "footer above 64 KB:", size > 65536)
print("rows:", sum(g[3] for g in groups) == meta[3])
users = [c for g in groups for c in chunk(data, g[1][7][3], meta[2][8], g[3])]
print(meta[2][8][4], len(set(users)), "users:", len(users) == meta[3])
PYTHON
