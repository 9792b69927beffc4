#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions for a megabyte of input, against the budget in budget.txt.  docs/benchmark.md explains it.

    budget.py check BUILD    return code 1 above the budget, 77 (with the reason) where counts cannot be compared
    budget.py show BUILD     the counts beside the budget
    budget.py renew BUILD    measure, and write budget.txt

Instructions are counted by callgrind: unlike times they hardly change from run to run.  They do depend on compiler and
libraries, so these stand in the budget's header, and another one is not compared.
"""
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUDGET = os.path.join(HERE, "budget.txt")
TOLERANCE = 0.03
LOWER = 0.10  # so far below the budget that it should be renewed

HEADER = ("compiler", "libc", "zlib", "valgrind", "machine")

# Name, input, command.  The inputs are small, but hold every kind of record and enough intervals for differences.
INPUTS = {"busy": ["--set", "users=400", "--set", "disks=400", "--intervals", "4", "busy.scn"],
          "idle": ["--intervals", "16", "idle.scn"]}
CASES = (("reduce", "busy", ["reduce"]),
         ("reduce-users", "busy", ["reduce", "-t", "VMXVXU00"]),
         ("reduce-parquet", "busy", ["reduce", "-f", "parquet"]),
         ("reduce-idle", "idle", ["reduce"]),
         ("census", "busy", ["census"]))


class Skip(Exception):
    """Counts cannot be compared here; why."""


def output_of(command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    except FileNotFoundError:
        raise Skip("%s is not installed" % command[0])


def compiler_of(program):
    """What the compiler wrote into the program: version and options.  One text when all of it was compiled alike."""
    if shutil.which("objdump") is None:
        raise Skip("objdump is not installed, so the compiler cannot be told")
    text = output_of(["objdump", "--dwarf=info", "--dwarf-depth=1", program])
    found = set(re.findall(r"DW_AT_producer *:(?: \(.*?\):)? *(.*?) *$", text, re.M))
    return " | ".join(sorted(found)) or "not told (no debug information)"


def processor():
    """The machine with what the C library chooses its copying and searching by."""
    try:
        with open("/proc/cpuinfo") as f:
            flags = set(re.findall(r"\w+", "".join(line for line in f if line.startswith("flags"))))
    except OSError:
        flags = set()
    return " ".join([platform.machine()] + sorted(flags & {"avx2", "avx512vl", "bmi2", "erms", "fsrm"}))


def surroundings(build):
    """All that counts depend on beside our own sources."""
    values = (compiler_of(os.path.join(build, "monreduce")), " ".join(platform.libc_ver()), zlib.ZLIB_RUNTIME_VERSION,
              output_of(["valgrind", "--version"]).strip(), processor())
    return dict(zip(HEADER, values))


def read_budget():
    header, counts = {}, {}
    with open(BUDGET) as f:
        for line in f:
            key, equal, value = line.strip().partition(" = ")
            if line.startswith("#") or not equal:
                continue
            if key in HEADER:
                header[key] = value
            else:
                counts[key] = int(value)
    return header, counts


def instructions(command, folder):
    """Instructions that a command takes."""
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"] + command, cwd=folder,
                         env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    count = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode not in (0, 4) or count is None:
        sys.exit("%s: return code %d\n%s" % (" ".join(command), run.returncode, run.stderr[-2000:]))
    return int(count[1])


def one_thread(program):
    """The option that keeps the program to one thread, where it has it."""
    return ["-j", "1"] if re.search(r"^\s+-j\b", output_of([program, "reduce", "--help"]), re.M) else []


def make_inputs(build, folder):
    for name, options in INPUTS.items():
        subprocess.run([os.path.join(build, "monsample")] + options[:-1] +
                       [os.path.join(TOP, "samples", options[-1]), os.path.join(folder, name)], check=True)


def for_a_megabyte(command, source, folder):
    size = os.path.getsize(os.path.join(folder, source))
    return instructions(command + [source], folder) * 1000000 // size


def measure(build):
    """Instructions for 1,000,000 bytes of input, by case."""
    program = os.path.abspath(os.path.join(build, "monreduce"))
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        make_inputs(build, folder)
        for name, source, command in CASES:
            more = ["-q"] + one_thread(program) + ["-o", name + ".out"] if command[0] == "reduce" else []
            counts[name] = for_a_megabyte([program] + command + more, source, folder)
    return counts


def measure_yardstick(build):
    """Instructions for 1,000,000 bytes of input: of the yardstick, and of the program for the same tables."""
    program, yardstick = (os.path.abspath(os.path.join(build, n)) for n in ("monreduce", "yardstick"))
    with tempfile.TemporaryDirectory() as folder:
        make_inputs(build, folder)
        theirs = for_a_megabyte([yardstick, "theirs"], "busy", folder)
        tables = ",".join(sorted(n[:-4] for n in os.listdir(os.path.join(folder, "theirs"))))
        ours = for_a_megabyte([program, "reduce", "-q", *one_thread(program), "-t", tables, "-o", "ours"], "busy", folder)
    return theirs, ours


def comparable(build):
    """Why the counts of this build do not compare with the budget, or None."""
    try:
        header = read_budget()[0]
        here = surroundings(build)
    except Skip as reason:
        return str(reason)
    for key, value in here.items():
        if header.get(key) != value:
            return "counts depend on %s: %s here, %s in the budget" % (key, value, header.get(key))
    return None


def check(build):
    reason = comparable(build)
    if reason is not None:
        print(reason)
        return 77
    budget, counts, code = read_budget()[1], measure(build), 0
    for name, count in counts.items():
        limit = budget.get(name)
        if limit is None:
            print("%s: %d instructions for a megabyte, and no budget: make budget writes one" % (name, count))
            code = 1
        elif count > limit * (1 + TOLERANCE):
            print("%s: %d instructions for a megabyte, the budget is %d and 3 %%" % (name, count, limit))
            code = 1
        else:
            print("%s: within the budget" % name)
    return code


def show(build):
    if shutil.which("valgrind") is None:
        print("valgrind is not installed: instructions are not counted")
        return 0
    reason = comparable(build)
    budget, counts = read_budget()[1], measure(build)
    print("%-40s %9s %9s" % ("thousands of instructions for a megabyte", "counted", "budget"))
    for name, count in counts.items():
        limit = budget.get(name, 0)
        print("%-40s %9d %9d   %+.1f %%" % (name, count // 1000, limit // 1000,
                                           100.0 * (count - limit) / limit if limit else 0))
        if reason is None and count < limit * (1 - LOWER):
            print("  far below the budget: make budget writes a new one")
    if os.path.exists(os.path.join(build, "yardstick")):
        theirs, ours = measure_yardstick(build)
        print("%-40s %9d" % ("yardstick", theirs // 1000))
        print("%-40s %9d             yardstick's / ours %.2f" % ("same tables", ours // 1000, theirs / ours))
    if reason is not None:
        print("the budget does not bind here: " + reason)
    return 0


def renew(build):
    here, counts = surroundings(build), measure(build)
    with open(BUDGET, "w") as f:
        f.write("# Instructions for 1,000,000 bytes of input, counted by callgrind; \"make budget\" writes this file.\n"
                "# \"make check\" fails above 3 % more; it compares only where all of these are the same:\n")
        for key, value in here.items():
            f.write("%s = %s\n" % (key, value))
        for name, count in counts.items():
            f.write("%s = %d\n" % (name, count))
    print(open(BUDGET).read(), end="")
    return 0


def main():
    actions = {"check": check, "show": show, "renew": renew}
    if len(sys.argv) != 3 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    try:
        return actions[sys.argv[1]](sys.argv[2])
    except Skip as reason:
        print(reason)
        return 77


if __name__ == "__main__":
    sys.exit(main())
