# SPDX-License-Identifier: Apache-2.0
# Suspensions, gaps and unknown records stand in the manifest with their times and numbers.
python3 - <<'PYTHON'
from account import agree, census, eventful, reduce, same

eventful().write("eventful.mon")
m = reduce("out", "eventful.mon")
s = m["systems"][0]
same("return code", m["return_code"], 4)
same("reasons", m["reasons"], ["MRD0302W", "MRD0303W"])
same("intervals", s["intervals"], {"expected": 8, "seen": 5, "missing": 3})
same("suspends", s["suspend_list"], [{"from": "2024-03-15 09:01:30.000000", "to": "2024-03-15 09:01:35.000000",
                                      "lost_event_records": 17}])
same("gaps", s["gap_list"], [{"from": "2024-03-15 09:03:00.000900", "to": "2024-03-15 09:07:00.000000",
                              "intervals": 3}])
same("unknown", m["records"]["unknown"], 1)
same("the unknown one", [(t["record"], t["title"]) for t in m["records"]["types"] if t["fate"] == "unknown"],
     [("9/250", None)])
same("gap rows", {t["name"]: t["quality"]["gap"] for t in m["tables"]}["VMXSP002"], 2)
agree(m, census("eventful.mon"))
print("the manifest is right")
PYTHON
