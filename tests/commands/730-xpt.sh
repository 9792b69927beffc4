# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# SAS transport files as pandas reads them; the Python that Debian's pandas belongs to need not be the first one found.
python=
for try in python3 /usr/bin/python3; do
    "$try" -c 'import pandas' 2>/dev/null && python=$try && break
done
[ -n "$python" ] || skip "there is no pandas"
"$MONSAMPLE" "$TOP/samples/day.scn" x.mon >/dev/null
"$MONREDUCE" reduce -q -o csv x.mon
"$MONREDUCE" reduce -q -f xpt -o xpt x.mon
PYTHONPATH=$TOP/tests/consumers "$python" -W ignore - <<'PYTHON'
import glob
import os

import pandas

from xpt import variables

bad = cells = 0
for path in sorted(glob.glob("xpt/*.xpt")):
    table = os.path.basename(path)[:-4]
    plain = pandas.read_csv("csv/%s.csv" % table, dtype=str, keep_default_na=False)
    sas = pandas.read_sas(path, format="xport", encoding="utf-8")
    described = variables(path)
    assert list(sas.columns) == [v[0] for v in described], table
    assert sas.shape == plain.shape, table
    for (name, label, form), column in zip(described, plain.columns):
        for a, b in zip(plain[column], sas[name]):
            cells += 1
            if form == "DATETIME":
                b = "" if b != b else str(pandas.Timestamp("1960-01-01") + pandas.Timedelta(round(b * 1e6), "us"))
                same = pandas.Timestamp(a) == pandas.Timestamp(b) if a and b else a == b
            elif isinstance(b, str):
                same = a == b or (len(b) == 200 and a.startswith(b))
            else:
                same = a == "" if b != b else abs(float(a) - b) <= max(5.01e-7, 1e-15 * abs(b))
            if not same:
                bad += 1
                print(table, column, repr(a), repr(b))
print("pandas: the same" if cells and not bad else "pandas: %d of %d cells differ" % (bad, cells))
PYTHON
