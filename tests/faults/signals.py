# SPDX-License-Identifier: Apache-2.0
"""SIGINT and SIGTERM: the interval is finished, everything closed, the place is told; the second and the third signal."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time

from mkmon import MonFile
from scenes import add_configuration, processor, sample, small, table

PROGRAM = os.environ["MONREDUCE"]
LIBRARY = os.environ.get("FAULTS", "")
ARGUMENTS = ["reduce", "-t", "VMXSP002", "-o", "out"]
CPUS = 40
INTERVALS = 199
wrong = 0


def check(what, have, want):
    global wrong
    if have != want:
        wrong += 1
        print("WRONG: %s: %r, not %r" % (what, have, want))


def write_long(name, begin=0, **how):
    f = MonFile()
    add_configuration(f, cpus=CPUS, second=begin, **how)
    for n in range(1, INTERVALS + 1):
        sample(f, begin + 60 * n, [processor(begin + 60 * n, cpu, SYTPRP_PFXRUNCP=n) for cpu in range(CPUS)])
    f.end().write(name)


def manifest():
    with open("out/manifest.json", encoding="utf-8") as f:
        return json.load(f)


def check_stopped(what, code, said, name, left):
    """Whole intervals, whole files, and the place."""
    account, rows = manifest(), table("out", "VMXSP002")
    check(what + " code", (code, account["return_code"]), (8, 8))
    check(what + " message", "MRD0620E" in said, True)
    place = account["interrupted"]
    check(what + " signal", place["signal"], name)
    check(what + " not read", place["inputs_not_read"], left)
    check(what + " agree", account["agree"], True)
    last = account["inputs"][-1]["bytes"]["total"]
    check(what + " offset", place["offset"], last)
    check(what + " whole intervals", len(rows) % CPUS, 0)
    check(what + " some of them", 0 < len(rows) < CPUS * INTERVALS * (left + 1), True)
    # The record that it stopped behind is the 1/11, 900 microseconds after the samples.
    check(what + " time", place["time"][:19], rows[-1]["ENDTS"][:19] if rows else None)
    check(what + " leftovers", [n for n in os.listdir("out") if n.startswith(".")], [])


def preloaded(at, how, files, stay=False):
    """A signal before the read number at of long.mon."""
    shutil.rmtree("out", ignore_errors=True)
    environment = dict(os.environ, LD_PRELOAD=LIBRARY, FAULT_CALL="read", FAULT_AT=str(at), FAULT_HOW=how,
                       FAULT_PATH="long")
    if stay:
        environment["FAULT_STAY"] = "1"
    done = subprocess.run([PROGRAM, *ARGUMENTS, *files], stderr=subprocess.PIPE, env=environment, check=False)
    return done.returncode, done.stderr.decode()


def in_a_file():
    """In the middle of a file; with another one behind it."""
    write_long("long.mon")
    write_long("longer.mon", begin=60 * INTERVALS + 300)
    for how in ("TERM", "INT"):
        code, said = preloaded(4, how, ["long.mon"])
        check_stopped("in a file, " + how, code, said, "SIG" + how, 0)
    code, said = preloaded(5, "TERM", ["longer.mon", "long.mon"])
    check_stopped("two files", code, said, "SIGTERM", 1)
    # The rerun is as if nothing had been.
    subprocess.run([PROGRAM, *ARGUMENTS, "long.mon"], stderr=subprocess.PIPE, check=True)
    check("rerun", len(table("out", "VMXSP002")), CPUS * INTERVALS)
    check("rerun manifest", "interrupted" in manifest(), False)


def one_after_another():
    """Every read brings a signal: the second stops at once, the third kills, and the tables of before stay."""
    subprocess.run([PROGRAM, *ARGUMENTS, "small.mon"], stderr=subprocess.PIPE, check=True)
    with open("out/VMXSP002.csv", "rb") as f:
        before = f.read()
    environment = dict(os.environ, LD_PRELOAD=LIBRARY, FAULT_CALL="fsync", FAULT_AT="1", FAULT_HOW="TERM",
                       FAULT_STAY="1")
    done = subprocess.run([PROGRAM, *ARGUMENTS, "long.mon"], stderr=subprocess.PIPE, env=environment, check=False)
    check("three signals while files are closed", done.returncode, -signal.SIGTERM)
    with open("out/VMXSP002.csv", "rb") as f:
        check("tables of before", f.read() == before, True)
    environment["FAULT_AT"] = "3"
    environment["FAULT_CALL"] = "open"
    done = subprocess.run([PROGRAM, *ARGUMENTS, "long.mon"], stderr=subprocess.PIPE, env=environment, check=False)
    check("two signals after all has been read", (done.returncode, manifest()["return_code"]), (0, 0))


class Fed:
    """The program with a pipe for its input."""

    def __init__(self, data, *options):
        self.process = subprocess.Popen([PROGRAM, *ARGUMENTS, *options, "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.process.stdin.write(data)
        self.process.stdin.flush()
        time.sleep(0.6)

    def ends(self, number):
        self.process.send_signal(number)
        begin = time.monotonic()
        said = self.process.stderr.read().decode()
        code = self.process.wait(timeout=60)
        check("it ends soon", time.monotonic() - begin < 5, True)
        self.process.stdin.close()
        return code, said


def waiting_pipe():
    """A pipe that gives no more: nothing is waited for.  The end of the file may stand inside an interval."""
    with open("long.mon", "rb") as f:
        data = f.read()
    for part, threads in ((len(data) // 2, "1"), (len(data) // 2 + 100, "1"), (len(data) // 3, "3")):
        shutil.rmtree("out", ignore_errors=True)
        code, said = Fed(data[:part], "-j", threads).ends(signal.SIGTERM)
        account = manifest()
        check("pipe, code", (code, account["return_code"]), (8, 8))
        check("pipe, message", "MRD0620E standard input" in said or "MRD0620E -" in said, True)
        check("pipe, no word of damage", "MRD0112E" in said or "MRD0117E" in said, False)
        check("pipe, signal", account["interrupted"]["signal"], "SIGTERM")
        check("pipe, agree", account["agree"], True)
        check("pipe, rows", 0 < len(table("out", "VMXSP002")) < CPUS * INTERVALS, True)


def waiting_from_the_start():
    """Nothing has come yet: nothing is put in the place of the tables that are there."""
    with open("out/manifest.json", "rb") as f:
        before = f.read()
    code, said = Fed(b"").ends(signal.SIGINT)
    check("empty pipe", (code, "MRD0620E" in said), (8, True))
    check("empty pipe, not called empty", "MRD0102S" in said, False)
    with open("out/manifest.json", "rb") as f:
        check("empty pipe, tables of before", f.read() == before, True)
    check("empty pipe, leftovers", [n for n in os.listdir("out") if n.startswith(".")], [])


def before_the_first_input():
    """While the inputs are looked at for their order: nothing is begun, and the tables of before stay."""
    subprocess.run([PROGRAM, *ARGUMENTS, "small.mon"], stderr=subprocess.PIPE, check=True)
    with open("out/manifest.json", "rb") as f:
        before = f.read()
    environment = dict(os.environ, LD_PRELOAD=LIBRARY, FAULT_CALL="read", FAULT_AT="1", FAULT_HOW="TERM",
                       FAULT_PATH="long")
    for threads in "1", "3":
        done = subprocess.run([PROGRAM, *ARGUMENTS, "-j", threads, "long.mon", "longer.mon"], stderr=subprocess.PIPE,
                              env=environment, check=False)
        check("before the first", (done.returncode, "2 inputs not begun" in done.stderr.decode()), (8, True))
        with open("out/manifest.json", "rb") as f:
            check("before the first, tables of before", f.read() == before, True)


def ignored():
    """A signal that was ignored before the start stays so, as nohup wants it."""
    environment = dict(os.environ, LD_PRELOAD=LIBRARY, FAULT_CALL="read", FAULT_AT="4", FAULT_HOW="INT",
                       FAULT_PATH="long")
    done = subprocess.run([PROGRAM, *ARGUMENTS, "long.mon"], stderr=subprocess.PIPE, env=environment, check=False,
                          preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    check("ignored", (done.returncode, len(table("out", "VMXSP002"))), (0, CPUS * INTERVALS))


def census():
    environment = dict(os.environ, LD_PRELOAD=LIBRARY, FAULT_CALL="read", FAULT_AT="4", FAULT_HOW="TERM",
                       FAULT_PATH="long")
    done = subprocess.run([PROGRAM, "census", "--json", "long.mon"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment, check=False)
    account = json.loads(done.stdout)
    check("census", (done.returncode, account["interrupted"]["signal"], account["agree"]), (8, "SIGTERM", True))


def files_of_threads():
    """Many files, several threads: whenever the signal comes, whole intervals come out."""
    for n in range(12):
        write_long("long%02d.mon" % n, begin=(60 * INTERVALS + 300) * n)
    shutil.rmtree("out", ignore_errors=True)
    files = ["long%02d.mon" % n for n in range(12)]
    code, said = preloaded(50, "TERM", ["-j", "3", *files])
    account, rows = manifest(), table("out", "VMXSP002")
    check("threads, code", (code, account["return_code"], "MRD0620E" in said), (8, 8, True))
    check("threads, agree", account["agree"], True)
    check("threads, inputs", len(account["inputs"]) + account["interrupted"]["inputs_not_read"], len(files))
    check("threads, whole intervals", len(rows) % CPUS, 0)
    check("threads, some of them", CPUS * INTERVALS < len(rows) < CPUS * INTERVALS * len(files), True)


def side_by_side():
    """Files of two systems: each of them ends with an interval, and one is not far ahead of the other."""
    names = "NORTH", "SOUTH"
    for number, name in enumerate(names):
        write_long("long%s.mon" % name, system=name, serial="0%d1111" % number)
    files = ["long%s.mon" % name for name in names]
    for threads in "1", "2", "3":
        code, said = preloaded(12, "TERM", ["-j", threads, *files])
        account, rows = manifest(), table("out", "VMXSP002")
        check("systems, code", (code, account["return_code"], "MRD0620E" in said), (8, 8, True))
        check("systems, agree", account["agree"], True)
        check("systems, inputs", [len(account["inputs"]), account["interrupted"]["inputs_not_read"]], [2, 0])
        counts = [sum(row["SYSID"] == name for row in rows) for name in names]
        check("systems, whole intervals", [count % CPUS for count in counts], [0, 0])
        check("systems, some of them", [0 < count < CPUS * INTERVALS for count in counts], [True, True])
        check("systems, together", abs(counts[0] - counts[1]) <= CPUS, True)
    code, said = preloaded(2, "TERM", ["-j", "2", *files, "small.mon"])
    check("systems, at the front", (code, "MRD0620E" in said), (8, True))


def main():
    small().write("small.mon")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where this was started in the background
    in_a_file()
    side_by_side()
    one_after_another()
    waiting_pipe()
    waiting_from_the_start()
    before_the_first_input()
    ignored()
    census()
    files_of_threads()
    print("as expected" if wrong == 0 else "%d WRONG" % wrong)
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
