# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The 1/11 of event data ends no interval; the letter of the control entry tells, or, on stripped input, the order.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import add_configuration, processor, sample

f = MonFile()
add_configuration(f)
for n in range(1, 5):
    f.add("E", [record(2, 4, at(60 * n - 10), SCLADL_VMDUSER="ANY"), record(1, 11, at(60 * n, -1000))])
    sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=100 * n)])
f.end()
for form in ("native", "bare", "rdw", "monreader"):
    f.write(form, form)
PYTHON
for form in native bare rdw monreader; do
    run reduce -o out.$form $form
    diff -rq -x manifest.json out.native out.$form
done
python3 - <<'PYTHON'
from scenes import clock, expect, table

expect(table("out.native", "VMXSP002"), [
    {"VMCINTTS": clock(0, 4) if n == 1 else clock(60 * n - 60, 900), "QUALITY": "first" if n == 1 else "ok",
     "SYTPRP_PFXRUNCP": "" if n == 1 else 100} for n in range(1, 5)], "VMXSP002")
PYTHON
