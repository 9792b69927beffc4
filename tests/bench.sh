#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Measure: a generated file of a large system is read plain and compressed; beside it, what only reading it takes.
#
#   tests/bench.sh BUILD [MEGABYTES]     default 256
set -eu
build=${1:-build}
megabytes=${2:-256}
top=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/mr-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

# 220 intervals are about 1 GB; a few to see how large one is, then as many as are needed.
"$build/monsample" --intervals 4 "$top/samples/busy.scn" "$folder/small"
"$build/monsample" --intervals 2 "$top/samples/busy.scn" "$folder/smaller"
one=$((($(wc -c <"$folder/small") - $(wc -c <"$folder/smaller")) / 2))
intervals=$((megabytes * 1000000 / one + 1))
"$build/monsample" --intervals "$intervals" "$top/samples/busy.scn" "$folder/busy.mon"
gzip -1 -c "$folder/busy.mon" >"$folder/busy.mon.gz"
rm -f "$folder/small" "$folder/smaller"
echo "busy.mon: $(wc -c <"$folder/busy.mon") bytes, $intervals intervals; compressed $(wc -c <"$folder/busy.mon.gz") bytes; $(nproc) processors"

python3 - "$build/monreduce" "$folder" <<'PYTHON'
import os
import re
import subprocess
import sys
import time

program, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
plain, packed, out = (os.path.join(folder, n) for n in ("busy.mon", "busy.mon.gz", "out"))
size = os.path.getsize(plain)


def peak(pid):
    """Peak memory in KB.  What wait4 tells would count the memory of this script before the exec."""
    try:
        with open("/proc/%d/status" % pid) as f:
            return int(re.search(r"^VmHWM:\s+(\d+)", f.read(), re.M)[1])
    except (OSError, TypeError):
        return 0


def run(name, command, source=None):
    """Best of three: seconds, peak memory of the child; rows as the program tells them."""
    best = None
    for _ in range(3):
        start = time.monotonic()
        feeder = source and subprocess.Popen(source, stdout=subprocess.PIPE)
        with open(os.path.join(folder, "messages"), "w+") as messages:
            child = subprocess.Popen(command, stdin=feeder.stdout if feeder else None, stdout=subprocess.DEVNULL,
                                     stderr=messages)
            memory = 0
            while True:
                memory = max(memory, peak(child.pid))
                pid, status, used = os.wait4(child.pid, os.WNOHANG)
                if pid:
                    break
                time.sleep(0.002)
            seconds = time.monotonic() - start
            messages.seek(0)
            text = messages.read()
        child.returncode = os.waitstatus_to_exitcode(status)
        if feeder:
            feeder.stdout.close()
            feeder.wait()
        if best is None or seconds < best[0]:
            best = (seconds, memory, used.ru_utime + used.ru_stime, child.returncode, text)
    seconds, memory, cpu, code, text = best
    rows = re.search(r"^(\d+) rows in", text, re.M)
    print("%-34s %8.2f %8.2f %9.0f %12s %9.1f %5d" % (
        name, seconds, cpu, size / 1e6 / seconds, "%.0f" % (int(rows[1]) / seconds) if rows else "", memory / 1024, code))
    sys.stdout.flush()
    return int(rows[1]) if rows else 0


print("%-34s %8s %8s %9s %12s %9s %5s" % ("", "seconds", "cpu s", "MB/s", "rows/s", "RSS MB", "code"))
run("cat >/dev/null", ["cat", plain])
run("gzip -dc >/dev/null", ["gzip", "-dc", packed])
rows = run("reduce, all tables", [program, "reduce", "-o", out, plain])
run("reduce, all tables, gz", [program, "reduce", "-o", out, packed])
run("reduce, all tables, pipe", [program, "reduce", "-o", out, "-"], source=["cat", plain])
run("reduce -t VMXVXU00", [program, "reduce", "-t", "VMXVXU00", "-o", out, plain])
run("census", [program, "census", plain])
run("census, gz", [program, "census", packed])
written = sum(os.path.getsize(os.path.join(out, n)) for n in os.listdir(out))
print("%d rows from all tables; MB/s count the input uncompressed" % rows)
PYTHON
