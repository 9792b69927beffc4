# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Tables are appended to, not written anew.  One that somebody else has changed is refused and left as it is; one that was
# only touched is not changed; one that was moved away begins anew.
"$MONSAMPLE" --intervals 12 "$TOP/samples/day.scn" day.mon
python3 - <<'PYTHON'
import os
import shutil

from state import cut, plain, rows, run, same

names = cut("day.mon", 6, "part-%d.mon")
table = "out/VMXSP002.csv"


def messages(text):
    return [line.replace(os.getcwd(), "HERE") for line in text.splitlines()
            if line.startswith(("MRD0636", "MRD0637"))]


run(names[0])
before = os.stat(table)
with open(table, "rb") as f:
    old = f.read()
run(names[1])
with open(table, "rb") as f:
    new = f.read()
print("appended:", os.stat(table).st_ino == before.st_ino, new.startswith(old), len(new) > len(old))
os.utime(table)
run(names[2])
plain(*names[:3])
print("touched:", same("plain", "out", "touched"))
for what, change in (("longer", lambda t: t + b"a line\n"), ("shorter", lambda t: t[:-9]),
                     ("other content", lambda t: t[:-2] + b"9\n")):
    with open(table, "rb") as f:
        good = f.read()
    with open(table, "wb") as f:
        f.write(change(good))
    text = run(names[3], codes=(16,))
    with open(table, "rb") as f:
        print(what, messages(text), f.read() == change(good))
    with open(table, "wb") as f:
        f.write(good)
    print("all else as before:", same("plain", "out", what))
os.rename(table, "archived.csv")
text = run(names[3])
print(messages(text))
plain(*names[:4])
both = rows(".", "archived.csv") + rows("out", "VMXSP002.csv")[1:]
print("moved away:", both == rows("plain", "VMXSP002.csv"), rows("out", "VMXSP002.csv")[0] == both[0])
# A folder that has tables of a run without a state is not taken over.
plain(names[0], out="other")
text = run(names[0], state="another", out="other", codes=(16,))
print([line.split(": ", 1)[1] for line in text.splitlines() if "MRD0636" in line])
PYTHON
