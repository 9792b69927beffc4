# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Files in any order on the command line make the same folder, byte for byte: of two systems, compressed, one of them
# twice.  Joined in a wrong order they cannot be put right, and that is said.
python3 - <<'PYTHON'
import gzip
import itertools
import os
import subprocess

from mkmon import MonFile
from scenes import add_configuration, processor, sample


def write(name, begin, minutes, **who):
    f = MonFile()
    add_configuration(f, second=begin, cpus=1, **who)
    for n in minutes:
        sample(f, 60 * n, [processor(60 * n, 0, SYTPRP_PFXRUNCP=n * n)])
    f.end().write(name)


write("late.mon", 365, range(7, 10))
write("early.mon", 0, range(1, 4))
write("middle.mon", 185, range(4, 7))
write("other.mon", 200, range(4, 8), system="OTHERVM", serial="0A0A0A")
with open("middle.mon", "rb") as plain, gzip.GzipFile("middle.gz", "wb", mtime=0) as packed:
    packed.write(plain.read())
os.link("early.mon", "copy.mon")


def content(files, *options):
    done = subprocess.run([os.environ["MONREDUCE"], "reduce", "-q", *options, "-o", "out", *files], check=False)
    found = {"code": done.returncode}
    for name in sorted(os.listdir("out")):
        with open(os.path.join("out", name), "rb") as f:
            found[name] = f.read()
    return found


names = ("early.mon", "middle.gz", "late.mon", "other.mon")
first = content(names)
orders = list(itertools.permutations(names))
same = sum(content(order) == first for order in orders)
print("%d of %d orders make the same" % (same, len(orders)))
print("return code %d, %d files" % (first["code"], len(first) - 1))

# The same data twice, under another name: used once, wherever it stands.  The manifest tells which came first.
twice = [content(order) for order in itertools.permutations(("early.mon", "middle.gz", "copy.mon"))]
once = content(("early.mon", "middle.gz"))
tables = [name for name in once if name.endswith(".csv")]
print("twice: codes", sorted({one["code"] for one in twice}), "same tables",
      all(one[name] == once[name] for one in twice for name in tables))
PYTHON
cat middle.mon early.mon late.mon >joined.mon
run reduce -t VMXSP002 -o joined joined.mon
