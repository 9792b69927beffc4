# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at random moments: no half file has a final name, and a rerun makes the tables of an undisturbed run.

    killed.py ROUNDS [SEED]
"""
import os
import random
import shutil
import subprocess
import sys
import time

PROGRAM = os.environ["MONREDUCE"]
SAMPLE = os.environ["MONSAMPLE"]
ENVIRONMENT = dict(os.environ, LD_PRELOAD=os.environ["FAULTS"], FAULT_FAST="1")
FORMATS = (["csv"], ["csv", "--split", "interval"], ["sqlite"], ["parquet"], ["ndjson", "--gzip"])


def content(folder):
    seen = {}
    for path, _, files in os.walk(folder):
        for name in files:
            if not name.startswith("."):
                whole = os.path.join(path, name)
                with open(whole, "rb") as f:
                    seen[os.path.relpath(whole, folder)] = f.read()
    return seen


def hidden(folder):
    return [name for _, _, files in os.walk(folder) for name in files if name.startswith(".")]


def make(name, intervals):
    subprocess.run([SAMPLE, "--intervals", str(intervals), "--set", "users=300", "--set", "disks=300", os.path.join(
        os.environ["TOP"], "samples", "busy.scn"), name], check=True)


def command(options, source):
    return [PROGRAM, "reduce", "-q", "-f", *options, "-o", "out", source]


def finish(options, source):
    done = subprocess.run(command(options, source), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENVIRONMENT,
                          check=False)
    return done.returncode, done.stdout.decode()


class Case:
    def __init__(self, options):
        self.options = options
        shutil.rmtree("out", ignore_errors=True)
        finish(options, "old.mon")
        self.before = content("out")
        shutil.rmtree("before", ignore_errors=True)
        shutil.copytree("out", "before")
        begin = time.monotonic()
        self.code, _ = finish(options, "new.mon")
        self.seconds = time.monotonic() - begin
        self.after = content("out")

    def round(self, moment):
        """What is wrong, or None."""
        shutil.rmtree("out")
        shutil.copytree("before", "out")
        process = subprocess.Popen(command(self.options, "new.mon"), stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        time.sleep(moment)
        process.kill()
        process.wait()
        have = content("out")
        halves = [name for name, data in have.items() if data not in (self.before.get(name), self.after.get(name))]
        if halves:
            return "half files: %s" % halves
        if have not in (self.before, self.after) and not any(name.endswith(".mrlist") for name in hidden("out")):
            return "files of two runs without a list"
        code, said = finish(self.options, "new.mon")
        if code != self.code:
            return "the rerun ends with %d\n%s" % (code, said)
        if content("out") != self.after:
            return "the rerun makes other tables"
        if hidden("out"):
            return "the rerun leaves %s" % hidden("out")
        return None


def main():
    rounds = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    make("old.mon", 1)
    make("new.mon", 6)
    wrong = 0
    for number, options in enumerate(FORMATS):
        case = Case(options)
        for _ in range(rounds // len(FORMATS) + (number < rounds % len(FORMATS))):
            moment = chance.random() * case.seconds * 1.05
            said = case.round(moment)
            if said:
                wrong += 1
                print("WRONG: seed %d, %s, killed after %.4f of %.4f s: %s" % (
                    seed, " ".join(options), moment, case.seconds, said))
    print("%d rounds, %s" % (rounds, "as expected" if not wrong else "%d WRONG" % wrong))
    if os.environ.get("LONG"):
        print("seed", seed)
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
