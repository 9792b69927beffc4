# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# 100,000 users in one file: all rows, bounded memory; and four times the users take about four times the time.
python3 - <<'PYTHON'
import collections
import csv
import os
import resource
import subprocess

SCENARIO = os.path.join(os.environ["TOP"], "tests", "faults", "many.scn")
SANITIZED = any(name in open(os.path.join(os.environ["BUILD"], "monreduce"), "rb").read() for name in (b"__asan_init", b"__tsan_init"))


def reduce(users, output):
    """Processor seconds and bytes at most."""
    subprocess.run([os.environ["MONSAMPLE"], "--set", "users=%d" % users, SCENARIO, "many.mon"], check=True)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        done = subprocess.run([os.environ["MONREDUCE"], "reduce", "-q", "-o", output, "many.mon"], check=False)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(writer, b"%d %f %d" % (done.returncode, used.ru_utime, used.ru_maxrss * 1024))
        os._exit(0)
    os.close(writer)
    code, seconds, peak = os.read(reader, 100).split()
    os.waitpid(child, 0)
    return int(code), float(seconds), int(peak)


code, slow, _ = reduce(5000, "few")
code, seconds, peak = reduce(20000, "many")
if seconds > 8 * max(slow, 0.05):
    print("5000 users take %.2f s, 20000 take %.2f s" % (slow, seconds))
if not SANITIZED and peak > 20000 * 5000:
    print("%d bytes for 20000 users" % peak)
users = 20000 if SANITIZED else 100000
code, seconds, peak = reduce(users, "hundred")
if not SANITIZED and peak > users * 4096:
    print("%d bytes for %d users" % (peak, users))
with open("hundred/VMXVXU00.csv", newline="", encoding="utf-8") as f:
    rows = collections.Counter(row["QUALITY"] for row in csv.DictReader(f))
# Seven samples of all users.
print("rows as expected" if sum(rows.values()) == 7 * users else "%s rows" % rows)
print("nothing lost" if code in (0, 4) else "return code %d" % code)
PYTHON
