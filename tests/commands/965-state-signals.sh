# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# SIGTERM in a run with a state: the input that is being read is finished, the others are left for the next run; a second
# signal gives the run up as if it had never begun.  Whenever it comes, the next run ends with the tables of one run.
needs_faults
"$MONSAMPLE" --intervals 12 "$TOP/samples/day.scn" day.mon
python3 - <<'PYTHON'
import os
import re
import subprocess

from state import MONREDUCE, cut, files, fresh, manifest, plain, run, same

names = cut("day.mon", 6, "part-%d.mon")
plain(*names)


def signalled(path, at, **more):
    """A run that gets SIGTERM before read number at of the file; its return code and what it said of the stop."""
    environment = dict(os.environ, LD_PRELOAD=os.environ["FAULTS"], FAULT_CALL="read", FAULT_PATH=path,
                       FAULT_AT=str(at), FAULT_HOW="TERM", **more)
    r = subprocess.run([MONREDUCE, "reduce", "--state", "state", "-o", "out", *names], stderr=subprocess.PIPE, text=True,
                       env=environment)
    return r.returncode, re.findall(r"^MRD0620E.*", r.stderr, re.M)


fresh()
print("before the first:", signalled("part-0", 1), files("out"))
run(*names)
same("plain", "out", "after a stop before the first")
for at in range(2, 40):
    fresh()
    code, said = signalled("part-2", at)
    if not said:
        break
    done = manifest()["ledger"]["inputs"] if files("out") else 0
    if code != 8 or len(said) != 1 or done not in (0, 3):
        print("WRONG: read", at, code, said, done)
    run(*names, codes=(0, 4))
    same("plain", "out", "read %d" % at)
print("reads of the third file that a stop could come before: more than 2:", at > 4)
given_up = 0
for at in range(2, at):
    fresh()
    code, said = signalled("part-2", at, FAULT_STAY="1") # also before each read behind it
    if any("at once" in line for line in said):
        given_up += 1
        if code != 8 or files("out"):
            print("WRONG: given up at", at, code, files("out"))
    run(*names, codes=(0, 4))
    same("plain", "out", "reads from %d on" % at)
print("given up at a second signal:", given_up > 0)
PYTHON
