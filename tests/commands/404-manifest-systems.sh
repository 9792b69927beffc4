# SPDX-License-Identifier: Apache-2.0
# Several inputs, one of them missing: two systems, one compressed, each input and each system with its own numbers.
python3 - <<'PYTHON'
import gzip

from account import agree, census, reduce, same
from scenes import small

small().write("one.mon")
small(system="OTHERVM", serial="0ABCDE", skip=(9,)).write("two.mon")
with open("two.mon", "rb") as f, gzip.GzipFile("two.gz", "wb", mtime=0) as z:
    z.write(f.read())
files = ("one.mon", "nowhere.mon", "two.gz")
m = reduce("out", *files)
same("return code", (m["return_code"], m["reasons"]), (12, ["MRD0101S"]))
same("inputs", {i["name"]: i["usable"] for i in m["inputs"]}, {"one.mon": True, "nowhere.mon": False, "two.gz": True})
same("systems", [(s["sysid"], s["serial"], s["records"]) for s in m["systems"]],
     [("TESTVM", "012345", 15), ("OTHERVM", "0ABCDE", 14)])
same("missing records", [s["configuration_missing"] for s in m["systems"]], [[], ["1/9"]])
two = [i for i in m["inputs"] if i["name"] == "two.gz"][0]
same("uncompressed", two["bytes"]["total"] > two["file_bytes"], True)
agree(m, census(*files))
m = reduce("none", "nowhere.mon")
same("nothing usable", (m["return_code"], m["tables"], m["systems"], m["records"]["total"]), (12, [], [], 0))
print("the manifest is right")
PYTHON
