# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# One run at a time on one state: the other one waits, or with --no-wait ends at once and writes nothing.
"$MONSAMPLE" --intervals 12 "$TOP/samples/day.scn" day.mon
python3 - <<'PYTHON'
import fcntl
import os
import subprocess
import time

from state import MONREDUCE, cut, plain, run, same

names = cut("day.mon", 6, "part-%d.mon")
os.mkdir("state")
with open("state/lock", "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    text = run("--no-wait", names[0], codes=(16,))
    print(text.strip(), "\nno folder:", not os.path.exists("out"), os.listdir("state"))
    waiting = subprocess.Popen([MONREDUCE, "reduce", "-v", "--state", "state", "-o", "out", names[0]],
                               stderr=subprocess.PIPE, text=True)
    line = waiting.stderr.readline()
    print(line.strip(), "\nstill waiting:", waiting.poll() is None and not os.path.exists("out/VMXSP002.csv"))
waiting.stderr.read()
print("after the lock went:", waiting.wait(), os.path.exists("out/VMXSP002.csv"))
# All others at once: each waits for its turn, and whoever is first, the tables are those of one run.
jobs = [subprocess.Popen([MONREDUCE, "reduce", "-q", "--state", "state", "-o", "out", name], stderr=subprocess.DEVNULL)
        for name in names[1:]]
print("codes:", {job.wait() for job in jobs} <= {0, 4})
plain(*names)
print("the same:", same("plain", "out", "all at once"))
PYTHON
