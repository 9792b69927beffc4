# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Differences, times and common columns of one table, computed from the numbers put in.
small x.mon
run reduce -q -t VMXSP002 x.mon
python3 - <<'PYTHON'
from scenes import clock, expect, table

wanted = []
for n in range(1, 4):
    for cpu in range(2):
        first = n == 1
        wanted.append({
            "SYSID": "TESTVM", "VMCINTTS": clock(0, 4) if first else clock(60 * (n - 1), 900),
            "ENDTS": clock(60 * n, cpu), "DURATION": "" if first else "60.000000",
            "QUALITY": "first" if first else "ok", "SYTPRP_PFXCPUAD": cpu,
            "SYTPRP_PFXRUNCP": "" if first else (100, 1000)[cpu],
            "SYTPRP_PFXUTIME": "" if first else "3.000000"})
expect(table("monreduce.out", "VMXSP002"), wanted, "VMXSP002")
PYTHON
ls monreduce.out/V*.csv
