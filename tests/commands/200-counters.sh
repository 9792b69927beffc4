# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# What a difference is (design, sections 4, 9.2 and 10.5): wraps of 16 and 32 bits, counters that began anew, gauges; a
# field that may be no counter blanks itself where it falls, never its row.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record, timer
from scenes import add_configuration, sample, user

f = MonFile()
add_configuration(f)
wraps = [2**32 - 250, 2**32 - 150, 2**32 - 50, 50, 150]
for n in range(5):
    t = 60 * (n + 1)
    sample(f, t, [
        user(t, "WRAPS", VMDVDSCT=wraps[n], VMDTTIME=timer(3 * n)),
        user(t, "FALLS", VMDVDSCT=10 * n, VMDTTIME=timer(100 + 3 * n if n < 3 else 2 * n), VMDCTPVR=n),
        user(t, "DOUBTFUL", VMDVDSCT=5000 + 10 * n if n < 3 else 7 * n, VMDTTIME=timer(3 * n), VMDCTPVR=n),
        user(t, "FALLS64", VMDVDSCT=10 * n, VMDTTIME=timer(100 + n if n != 2 else 50)),
        record(6, 3, at(t), IODDEV_RDEVSID=0x00010021, IODDEV_RDEVDEV=0x1E10, IODDEV_SCMSSCH=65000 + 300 * n,
               IODDEV_SCMCNTIM=2**32 - 1000 + 1000 * n),
    ])
f.end().write("x.mon")
PYTHON
run reduce -o out x.mon
python3 - <<'PYTHON'
import json
from scenes import expect, table

users = table("out", "VMXVXU00")


def of(name):
    return [row for row in users if row["USEACT_VMDUSER"] == name]


expect(of("WRAPS"), [{"QUALITY": q, "DURATION": d, "USEACT_VMDVDSCT": v, "USEACT_VMDTTIME": c} for q, d, v, c in [
    ("first", "", "", "")] + [("ok", "60.000000", 100, "3.000000")] * 4], "32 bits")
for name, fall in (("FALLS", [("reset", "", "", "", 3), ("ok", "60.000000", 10, "2.000000", 4)]),
                   ("DOUBTFUL", [("ok", "60.000000", "", "3.000000", 3), ("ok", "60.000000", 7, "3.000000", 4)])):
    expect(of(name), [{"QUALITY": q, "DURATION": d, "USEACT_VMDVDSCT": v, "USEACT_VMDTTIME": c, "USEACT_VMDCTPVR": g}
                      for q, d, v, c, g in [("first", "", "", "", 0), ("ok", "60.000000", 10, "3.000000", 1),
                                            ("ok", "60.000000", 10, "3.000000", 2)] + fall], name)
print("messages:", [(m["id"], m["count"]) for m in json.load(open("out/manifest.json"))["messages"]
                    if m["id"] in ("MRD0351I", "MRD0350I")])
expect(of("FALLS64"), [{"QUALITY": q, "USEACT_VMDVDSCT": v, "USEACT_VMDTTIME": c} for q, v, c in [
    ("first", "", ""), ("ok", 10, "1.000000"), ("reset", "", ""), ("ok", 10, "53.000000"), ("ok", 10, "1.000000")]],
    "64 bits that fell")
expect(table("out", "VMXXDV00"), [{"QUALITY": q, "VMXDVSID": "0x0021", "IODDEV_RDEVSID": "0x00010021",
                                   "IODDEV_RDEVDEV": "0x1E10", "IODDEV_SCMSSCH": v, "IODDEV_SCMCNTIM": c}
                                  for q, v, c in [("first", "", "")] + [("ok", 300, "0.128000")] * 4], "16 bits")
PYTHON
