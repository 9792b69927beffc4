# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A model of 16 letters that are two bytes each in UTF-8 is shown whole; it was cut in the middle of one.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import processor, sample

f = MonFile()
f.add("E", [record(1, 1, at(0), MTREPR_EDOMAINS=0x40)])
f.add("S", [record(1, 4, at(0, 1), MTRSYS_SYSTMID="\u00e4" * 8, MTRSYS_SYSMTYPE="\u00c4\u00d6\u00dc\u00df",
                   MTRSYS_SYSMMODL="\u00fc" * 16, MTRSYS_SYSTODST=at(-9999)),
            record(1, 5, at(0, 2), MTRPRP_PFXIDSER="012345"), record(1, 9, at(0, 3), MTRSPR_INTERVAL=60),
            record(1, 11, at(0, 4))])
sample(f, 60, [processor(60, 0)])
f.end().write("x.mon")
PYTHON
run reduce -q -o out x.mon
sed 1d out/VMXSP002.csv | cut -d , -f 1-3
iconv -f UTF-8 -t UTF-8 out/VMXSP002.csv >/dev/null && echo valid
