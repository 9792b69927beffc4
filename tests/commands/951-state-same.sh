# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The same file again: nothing is done, code 0, and it is said; so under another name.  Packed, it is another file with
# the same data: no row comes twice.  Of a file that overlaps, the new part only.
python3 - <<'PYTHON'
import gzip
import os

from mkmon import MonFile
from scenes import add_configuration, expect, processor, sample, table
from state import files, run, same

for name, minutes in (("one.mon", range(1, 5)), ("two.mon", range(3, 8))):
    f = MonFile()
    add_configuration(f, second=60 * minutes[0] - 50)
    for n in minutes:
        sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=100 * n * n)])
    f.end().write(name)

run("one.mon", codes=(0,))
before = {name: os.stat(os.path.join("out", name)) for name in files("out")}
for name in ("one.mon", "copy.mon"):
    if name == "copy.mon":
        os.rename("one.mon", name)
    text = run(name, codes=(0,))
    print("\n".join(line for line in text.splitlines()))
after = {name: os.stat(os.path.join("out", name)) for name in files("out")}
print("untouched" if before == after else "WRONG: files were written")
with open("copy.mon", "rb") as f, gzip.open("packed.mon.gz", "wb") as z:
    z.write(f.read())
text = run("packed.mon.gz", codes=(0,))
print("\n".join(line for line in text.splitlines() if line.startswith("MRD0643")))
expect(table("out", "VMXSP002"), [{"SYTPRP_PFXRUNCP": v} for v in ("", 300, 500, 700)], "packed")
# Minutes 5 to 7 are new; the first of them is compared with the fourth: 25 * 100 - 16 * 100.  The second configuration
# set is new, too: it is of another time.
text = run("two.mon", codes=(0,))
print("\n".join(line for line in text.splitlines() if line.startswith("MRD") and "MRD0305" not in line))
expect(table("out", "VMXSP002"),
       [{"SYTPRP_PFXRUNCP": v, "QUALITY": q} for v, q in
        (("", "first"), (300, "ok"), (500, "ok"), (700, "ok"), (900, "ok"), (1100, "ok"), (1300, "ok"))], "overlap")
PYTHON
