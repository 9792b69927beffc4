# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A run that is killed at any moment leaves the state before it or the state behind it: after a rerun all files are
# byte-identical to those of undisturbed runs, the manifest too, and nothing is left over.
"$MONSAMPLE" --intervals 12 "$TOP/samples/day.scn" day.mon
python3 - <<'PYTHON'
import os
import random
import shutil
import subprocess
import time

from state import MONREDUCE, cut, files, run, same

names = cut("day.mon", 3, "part-%d.mon")
order = [names[0], names[2], names[1]]  # the last one goes between the others: files are written anew
for n, name in enumerate(order):
    start = time.monotonic()
    run(name, state="good", out="good.out")
    took = time.monotonic() - start
    shutil.copytree("good.out", "good.out.%d" % n)
random.seed(int(os.environ.get("KILL_SEED", 11)))
killed = 0
for round_ in range(int(os.environ.get("KILL_ROUNDS", 12))): # of three runs each
    for folder in ("state", "out"):
        shutil.rmtree(folder, ignore_errors=True)
    for n, name in enumerate(order):
        job = subprocess.Popen([MONREDUCE, "reduce", "-q", "--state", "state", "-o", "out", name],
                               stderr=subprocess.DEVNULL)
        time.sleep(random.random() * took)
        job.kill()
        killed += job.wait() < 0
        run(name)
        if not same("good.out.%d" % n, "out", "round %d, run %d" % (round_, n), leave_out=()):
            print("WRONG")
        left = [f for f in files("out") if f.endswith(".mrtmp")] + [f for f in files("state") if f not in ("ledger.db", "lock")]
        if left:
            print("WRONG: left over", left)
print("killed" if killed > 3 else "WRONG: hardly any run was killed (%d)" % killed)
PYTHON
# What a killed run left, as the journal tells it: taken back where the ledger does not have the run, finished where it has.
cat >after.py <<'PYTHON'
import os
import shutil
import sqlite3
import sys

from state import run, same

shutil.rmtree("out")
shutil.rmtree("state")
shutil.copytree("good.out", "out")
shutil.copytree("good", "state")
# The ledger knows the folder of its tables by its full name.
db = sqlite3.connect("state/ledger.db")
text = db.execute("SELECT value FROM meta WHERE name='options'").fetchone()[0]
db.execute("UPDATE meta SET value=? WHERE name='options'", (text.replace("good.out\n", "out\n"),))
number = db.execute("SELECT value FROM meta WHERE name='run'").fetchone()[0]
db.commit()
db.close()
here = os.getcwd()
table = here + "/out/VMXSP002.csv"
with open(table, "rb") as f:
    rows = f.read()
end, size = len(rows) - 40, len(rows)


def journal(number, whole=True):
    with open("state/journal", "w") as f:
        f.write("monreduce journal 1\nrun %d\nappend %d %d %s %s\nplace %s %s\n%s" %
                (number, end, size, rows[end:].hex().upper(), table, here + "/out/.new%20file.1-0.mrtmp",
                 here + "/out/new%20file", "end\n" if whole else ""))
    if whole:
        with open("out/.new file.1-0.mrtmp", "w") as f:
            f.write("new\n")


def again(what):
    text = run("part-0.mon", codes=(0,))
    print(what, [line.split(": ", 1)[1] for line in text.splitlines() if "MRD0641" in line], os.path.exists("out/new file"),
          os.path.exists("out/.new file.1-0.mrtmp"), os.path.exists("state/journal"))


journal(number + 1)
with open(table, "wb") as f:
    f.write(rows[:end] + b"half a ro")
again("before the commit:")
print(same("good.out", "out", "undone", leave_out=()))
journal(number)
again("behind the commit:")
os.remove("out/new file")
print(same("good.out", "out", "done", leave_out=()))
journal(number + 1, whole=False)
again("never finished:")
PYTHON
python3 after.py
