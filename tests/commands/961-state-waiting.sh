# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A file without configuration records waits until it is known whose data it is; where two systems could be meant it waits
# on.
python3 - <<'PYTHON'
import os

from mkmon import MonFile
from scenes import add_configuration, expect, processor, sample, table
from state import files, manifest, run


def make(name, minutes, configured=True, **how):
    f = MonFile()
    if configured:
        add_configuration(f, second=60 * minutes[0] - 50, **how)
    for n in minutes:
        sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=100 * n)])
    f.end().write(name)


def messages(text):
    return [line for line in text.splitlines() if line.startswith(("MRD0638", "MRD0639", "MRD064", "MRD0309", "MRD0302"))]


make("a.mon", (1, 2))
make("b.mon", (3, 4), configured=False)
make("c.mon", (5, 6), configured=False)
print(messages(run("c.mon", codes=(4,))), table("out", "VMXSP002"))
os.remove("c.mon")
print([w["name"] for w in manifest()["ledger"]["waiting"]], len(files("state/waiting")))
print(messages(run("b.mon", codes=(4,))))
print(messages(run("b.mon", codes=(0,))))
print(messages(run("a.mon", codes=(0, 4))))
expect(table("out", "VMXSP002"), [{"SYSID": "TESTVM", "SYTPRP_PFXRUNCP": v} for v in ("", 100, 100, 100, 100, 100)], "all")
print(manifest()["ledger"]["waiting"], files("state/waiting"))
make("other.mon", (1, 2), system="OTHER", serial="777777")
run("other.mon", codes=(0,))
make("d.mon", (7, 8), configured=False)
print(messages(run("d.mon", codes=(4,))))
expect([row for row in table("out", "VMXSP002") if row["SYSID"] == "OTHER"],
       [{"SYTPRP_PFXRUNCP": v} for v in ("", 100)], "the other")
PYTHON
