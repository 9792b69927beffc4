#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measure the program beside what other programs take for the same data.  docs/benchmark.md says how to read it.

    bench.py BUILD [--megabytes N] [--runs N] [--folder DIR] [--only REGEX] [--no-instructions]

The inputs are generated in a scratch folder in DIR (TMPDIR, else /tmp), with the output about five times N megabytes.
Runs are interleaved: all cases once, then all again, so that what else the machine does meets all alike.
"""
import argparse
import json
import os
import platform
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import budget

DAMAGED = 8  # return codes from here on mean that data was lost or not used


class Bench:
    def __init__(self, options):
        self.build = os.path.abspath(options.build)
        self.program = os.path.join(self.build, "monreduce")
        self.runs = options.runs
        self.only = options.only
        self.folder = None
        self.megabytes = options.megabytes
        self.sizes = {}     # uncompressed bytes by input
        self.intervals = {}
        self.results = {}   # by case: list of what run() returns
        self.cases = []
        self.one, self.two = (["-j", "1"], ["-j", "2"]) if budget.one_thread(self.program) else ([], None)

    def path(self, name):
        return os.path.join(self.folder, name)

    # ---- inputs ----

    def sample(self, name, scenario, intervals, *options):
        subprocess.run([os.path.join(self.build, "monsample"), "--intervals", str(intervals), *options,
                        os.path.join(budget.TOP, "samples", scenario), self.path(name)], check=True)
        self.sizes[name] = os.path.getsize(self.path(name))
        self.intervals[name] = intervals

    def sample_of_size(self, name, scenario, megabytes, *options):
        """As many intervals as are needed, a multiple of ten; returns their number."""
        sizes = []
        for intervals in (2, 4):
            self.sample(name, scenario, intervals, *options)
            sizes.append(self.sizes[name])
        each = (sizes[1] - sizes[0]) // 2
        intervals = max(10, -(-((megabytes * 1000000 - sizes[0]) // each + 3) // 10) * 10)
        self.sample(name, scenario, intervals, *options)
        return intervals

    def compress(self, name):
        packed = name + ".gz"
        with open(self.path(packed), "wb") as out:
            subprocess.run(["gzip", "-c", self.path(name)], stdout=out, check=True)
        self.sizes[packed] = self.sizes[name]

    def make_inputs(self):
        intervals = self.sample_of_size("busy.mon", "busy.scn", self.megabytes)
        self.sample("tenth.mon", "busy.scn", intervals // 10)
        self.sample("first.mon", "busy.scn", intervals // 2)
        self.sample("second.mon", "busy.scn", intervals // 2, "--set", 'sysid="VMBUSY2"', "--set", "values=77")
        self.sample_of_size("idle.mon", "idle.scn", max(self.megabytes // 4, 1))
        self.compress("busy.mon")
        self.compress("idle.mon")
        for name in sorted(self.sizes):
            print("%-12s %6d intervals %14d bytes" % (name, self.intervals.get(name, 0) or
                                                      self.intervals[name[:-3]], os.path.getsize(self.path(name))))

    # ---- cases ----

    def add(self, name, command, *inputs):
        if not self.only or re.search(self.only, name):
            self.cases.append((name, command + [self.path(i) for i in inputs], sum(self.sizes[i] for i in inputs)))

    def reduce(self, name, inputs, threads, *options):
        """The same reduction with one thread, and with two where the program has them."""
        command = [self.program, "reduce", "-q", "-o", self.path("out"), *options]
        if "1" in threads:
            self.add(name, command + self.one, *inputs)
        if "2" in threads and self.two:
            self.add(name + ", -j 2", command + self.two, *inputs)

    def choose_cases(self):
        yardstick = os.path.join(self.build, "yardstick")
        subprocess.run([yardstick, self.path("tables"), self.path("tenth.mon")], stdout=subprocess.DEVNULL, check=True)
        tables = ",".join(sorted(n[:-4] for n in os.listdir(self.path("tables"))))
        shutil.rmtree(self.path("tables"))
        self.add("cat", ["cat"], "busy.mon")
        self.add("gzip -dc", ["gzip", "-dc"], "busy.mon.gz")
        self.add("write and sync output", ["dd", "if=" + self.path("like-output"), "of=" + self.path("out"), "bs=1M",
                                           "conv=fsync", "status=none"])
        self.add("yardstick", [yardstick, self.path("out")], "busy.mon")
        self.reduce("same tables", ["busy.mon"], "1", "-t", tables)
        self.reduce("csv", ["busy.mon"], "12")
        self.reduce("csv, a tenth", ["tenth.mon"], "1")
        self.reduce("csv, gz", ["busy.mon.gz"], "12")
        self.reduce("csv, two files", ["first.mon", "second.mon"], "12")
        self.reduce("csv compressed", ["tenth.mon"], "1", "--gzip")
        self.reduce("ndjson", ["busy.mon"], "1", "-f", "ndjson")
        self.reduce("parquet", ["busy.mon"], "12", "-f", "parquet")
        self.reduce("parquet compressed", ["tenth.mon"], "1", "-f", "parquet", "--gzip")
        self.reduce("sqlite", ["tenth.mon"], "1", "-f", "sqlite")
        self.reduce("xpt", ["tenth.mon"], "1", "-f", "xpt")
        self.reduce("users only", ["busy.mon"], "1", "-t", "VMXVXU00")
        self.reduce("idle", ["idle.mon"], "12")
        self.reduce("idle, gz", ["idle.mon.gz"], "1")
        self.add("census", [self.program, "census"], "busy.mon")
        self.add("census, gz", [self.program, "census"], "busy.mon.gz")

    # ---- runs ----

    def clear_output(self):
        """What was written before must not be written back while the next case is measured."""
        path = self.path("out")
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.remove(path)
        os.sync()

    def output_bytes(self):
        path = self.path("out")
        if os.path.isdir(path):
            return sum(os.path.getsize(os.path.join(path, n)) for n in os.listdir(path))
        return os.path.getsize(path) if os.path.exists(path) else 0

    def run(self, name, command):
        """Seconds, processor seconds, most memory in KB, rows, bytes of output, processor seconds of the system."""
        self.clear_output()
        with open(self.path("messages"), "w+") as messages:
            start = time.monotonic()
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=messages if name == "yardstick" else
                                     subprocess.DEVNULL, stderr=messages)
            try:
                status, used, memory = wait_for(child.pid)
            except BaseException:
                child.kill()  # the script is to end: its child too
                child.wait()
                raise
            seconds = time.monotonic() - start
            messages.seek(0)
            text = messages.read()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode < 0 or child.returncode >= DAMAGED or (child.returncode and "monreduce" not in command[0]):
            sys.exit("%s: return code %d\n%s" % (" ".join(command), child.returncode, text))
        if used.ru_maxrss > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss:
            memory = used.ru_maxrss  # exact; a smaller number may be the memory of this script before the exec
        return (seconds, used.ru_utime + used.ru_stime, memory, rows_of(self.path("out"), text), self.output_bytes(),
                used.ru_stime)

    def run_all(self):
        """All runs; after the first, an interrupt ends them and what was measured is told."""
        for run in range(self.runs):
            try:
                for name, command, _ in self.cases:
                    if name == "write and sync output":
                        self.like_output()
                    self.results.setdefault(name, []).append(self.run(name, command))
            except KeyboardInterrupt:
                if run == 0:
                    raise
                print("ended in run %d" % (run + 1))
                return
            print("run %d of %d done, load %s" % (run + 1, self.runs, load()), flush=True)

    def like_output(self):
        """A file as large as what the reduction writes, for the time that the disk takes alone."""
        path = self.path("like-output")
        if not os.path.exists(path):
            self.run("csv", [self.program, "reduce", "-q", "-o", self.path("out"), *self.one, self.path("busy.mon")])
            with open(path, "wb") as f:
                for name in os.listdir(self.path("out")):
                    with open(os.path.join(self.path("out"), name), "rb") as g:
                        shutil.copyfileobj(g, f, 1 << 20)
            self.sizes["output"] = os.path.getsize(path)

    # ---- what came out ----

    def best(self, name, what=0):
        results = self.results.get(name)
        return min(r[what] for r in results) if results else None

    def rate(self, name):
        """MB of uncompressed input a second, in the best run."""
        seconds = self.best(name)
        size = next((s for n, _, s in self.cases if n == name), 0) or self.sizes.get("output", 0)
        return size / 1e6 / seconds if seconds else None

    def tell_table(self):
        print("\n%-24s %8s %8s %8s %8s %8s %10s %9s %8s" % (
            "", "least s", "median s", "cpu s", "system s", "MB/s", "rows/s", "MB out/s", "RSS MiB"))
        for name, _, _ in self.cases:
            results, seconds = self.results[name], self.best(name)
            print("%-24s %8.2f %8.2f %8.2f %8.2f %8.0f %10s %9s %8.1f" % (
                name, seconds, statistics.median(r[0] for r in results), self.best(name, 1), self.best(name, 5),
                self.rate(name),
                "%.0f" % (results[0][3] / seconds) if results[0][3] else "",
                "%.0f" % (results[0][4] / 1e6 / seconds) if results[0][4] else "", max(r[2] for r in results) / 1024))

    def ratio(self, above, below, what=rate):
        a, b = what(self, above), what(self, below)
        return a / b if a and b else None

    def tell_ratios(self):
        def seconds(bench, name):
            return bench.best(name)

        def cpu(bench, name):
            return bench.best(name, 1)

        def memory(*names):
            found = [max(r[2] for r in self.results[n]) / 1024 for n in names if n in self.results]
            return max(found) if found else None

        lines = (
            ("plain CSV, one thread, MB/s", self.rate("csv"), 400, None),
            ("same tables: yardstick's time / ours", self.ratio("yardstick", "same tables", seconds), 8, None),
            ("  the same in processor time", self.ratio("yardstick", "same tables", cpu), None, None),
            ("  all tables, per byte of output", self.per_output_byte(), None, None),
            ("gz -j 2 / gzip -dc", self.ratio("csv, gz, -j 2", "gzip -dc"), 0.9, None),
            ("gz -j 1 / gzip -dc", self.ratio("csv, gz", "gzip -dc"), None, None),
            ("-j 2 / -j 1", self.ratio("csv, -j 2", "csv"), 1.5, None),
            ("two files, -j 2 / -j 1", self.ratio("csv, two files, -j 2", "csv, two files"), 1.8, None),
            ("10 times the input: times as long", self.ratio("csv", "csv, a tenth", seconds), None, 10.5),
            ("  the same in processor time", self.ratio("csv", "csv, a tenth", cpu), None, None),
            ("parquet / csv", self.ratio("parquet", "csv"), 1.0, None),
            ("ndjson / csv", self.ratio("ndjson", "csv"), None, None),
            ("idle / busy", self.ratio("idle", "csv"), None, None),
            ("write and sync alone / csv, time", self.ratio("write and sync output", "csv", seconds), None, None),
            ("CSV, most memory, MiB", memory("csv", "csv, -j 2", "csv, gz", "csv, gz, -j 2", "csv, two files",
                                            "csv, two files, -j 2"), None, 64),
            ("Parquet, most memory, MiB", memory("parquet", "parquet, -j 2"), None, 256))
        print("\n%-40s %9s   %-10s" % ("", "", "target"))
        for name, value, least, most in lines:
            if value is None:
                if not self.only:
                    print("%-40s %9s" % (name, "-"))
                continue
            target, met = "", ""
            if least is not None or most is not None:
                target = ">= %g" % least if least is not None else "<= %g" % most
                met = "met" if (least is None or value >= least) and (most is None or value <= most) else "NOT met"
            print("%-40s %9.2f   %-10s %s" % (name, value, target, met))
        if not self.two:
            print("this program has no option -j: nothing was measured with two threads")

    def per_output_byte(self):
        """How many times as many bytes of output a second as the yardstick, each making all the tables that it can."""
        ours, theirs = self.results.get("csv"), self.results.get("yardstick")
        if not ours or not theirs:
            return None
        return (ours[0][4] / self.best("csv")) / (theirs[0][4] / self.best("yardstick"))


def wait_for(pid):
    """Status, usage and the most memory in KB that was seen of a child."""
    memory = 0
    while True:
        memory = max(memory, peak(pid))
        found, status, used = os.wait4(pid, os.WNOHANG)
        if found:
            return status, used, memory
        time.sleep(0.002)


def peak(pid):
    """Peak memory in KB so far."""
    try:
        with open("/proc/%d/status" % pid) as f:
            return int(re.search(r"^VmHWM:\s+(\d+)", f.read(), re.M)[1])
    except (OSError, TypeError):
        return 0


def rows_of(folder, text):
    """Rows as the account of the run tells them; the yardstick prints them."""
    manifest = os.path.join(folder, "manifest.json")
    if os.path.exists(manifest):
        with open(manifest) as f:
            return json.load(f)["rows"]["total"]
    told = re.search(r"^(\d+) rows", text, re.M)
    return int(told[1]) if told else 0


def load():
    return "%.2f %.2f %.2f" % os.getloadavg()


def model():
    try:
        with open("/proc/cpuinfo") as f:
            return re.search(r"^model name\s*: (.*)$", f.read(), re.M)[1]
    except (OSError, TypeError):
        return platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--megabytes", type=int, default=1100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", default=os.environ.get("TMPDIR", "/tmp"))
    parser.add_argument("--only", help="only cases whose name this regular expression is found in")
    parser.add_argument("--no-instructions", action="store_true", help="do not count instructions")
    options = parser.parse_args()
    bench = Bench(options)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the scratch folder goes away
    print("%s, %d processors, %s" % (model(), os.cpu_count(), budget.compiler_of(bench.program)))
    print("load before: %s" % load())
    with tempfile.TemporaryDirectory(prefix="mr-bench-", dir=options.folder) as bench.folder:
        bench.make_inputs()
        bench.choose_cases()
        bench.run_all()
    print("load after: %s" % load())
    bench.tell_table()
    bench.tell_ratios()
    if not options.no_instructions:
        print()
        budget.show(bench.build)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("interrupted before anything could be told")
