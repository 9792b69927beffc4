# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Where there is no room, at whatever point of the run that is seen, nothing has changed; with room again it goes on.
"$MONSAMPLE" --intervals 12 "$TOP/samples/day.scn" day.mon
cat >room.py <<'PYTHON'
import resource
import shutil
import signal
import subprocess

from state import MONREDUCE, cut, run, same

names = cut("day.mon", 6, "part-%d.mon")
for name in names:
    run(name, state="good", out="good.out")
for name in (names[0], names[2], names[1], names[3]):
    run(name)
shutil.copytree("out", "before")


def limit(size):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


seen = set()
for size in sorted([2048 << n for n in range(10)] + [48 << 10, 96 << 10, 112 << 10, 160 << 10, 200 << 10]):
    r = subprocess.run([MONREDUCE, "reduce", "--state", "state", "-o", "out", names[4]], stderr=subprocess.PIPE, text=True,
                       preexec_fn=lambda: limit(size))
    seen |= {line[:8] for line in r.stderr.splitlines() if line.startswith(("MRD05", "MRD063", "MRD064"))}
    if r.returncode == 16 and not same("before", "out", "limit %d" % size, leave_out=()):
        print("WRONG: changed at", size)
    if r.returncode != 16:
        shutil.rmtree("before")
        shutil.copytree("out", "before")
print(sorted(seen))
run(names[4])
run(names[5])
print("the same:", same("good.out", "out", "after all", leave_out=()))
PYTHON
python3 room.py
