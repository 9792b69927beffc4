# SPDX-License-Identifier: Apache-2.0
"""Every call of the program fails once, or is its last one: what then stands in the output folder, and what is said.

    faults.py calls|kill|memory|reads [--all]     --all: every call, all formats; otherwise a choice

The output folder holds the tables of an earlier run, of other data.  Whatever happens, a name in it that is no temporary
one is that of a whole file, of the earlier run or of this one; and a run that ends with code 16 has changed nothing.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys

from folder import content, hidden
from mkmon import MonFile
from scenes import add_configuration, processor, sample, small

PROGRAM = os.environ["MONREDUCE"]
LIBRARY = os.environ["FAULTS"]
TABLES = "VMXSP002,VMXPCF00"
CALLS = ("write", "fsync", "rename", "link", "unlink", "open", "close", "mkdir")
FORMATS = (["csv"], ["csv", "--split", "interval"], ["csv", "--gzip"], ["ndjson"], ["parquet"], ["xpt"], ["sqlite"])
SHORT = (["csv"], ["csv", "--split", "interval"], ["sqlite"])
SEVERAL = (["csv", "-j", "1"], ["csv", "-j", "2"], ["parquet", "-j", "2"])  # of several systems
QUIET_CALLS = ("link", "unlink")  # what they are for is not needed for a good end
wrong = 0


def complain(*what):
    global wrong
    wrong += 1
    if wrong <= 20:
        print("WRONG:", *what)


def run(arguments, **fault):
    """Return code, standard error, number of calls.  fault: call, at, how and perhaps stay, path."""
    environment = dict(os.environ, LD_PRELOAD=LIBRARY, FAULT_FAST="1")
    if fault:
        environment["FAULT_COUNT"] = os.path.abspath("count")
        environment.update({"FAULT_" + key.upper(): str(value) for key, value in fault.items()})
        if os.path.exists("count"):
            os.remove("count")
    done = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                          timeout=120, check=False)
    count = 0
    if fault and os.path.exists("count"):
        with open("count", encoding="ascii") as f:
            count = int(f.read())
    return done.returncode, done.stderr.decode(), count


class Case:
    """A format, the folder as the run before left it and as it is to be."""

    def __init__(self, options):
        self.name = " ".join(options)
        several = ["other.mon"] if options in SEVERAL else []
        self.options = ["reduce", "-f", *options, "-t", TABLES, "-o", "out", "new.mon", *several]
        run(["reduce", "-q", "-f", *options, "-o", "before", "old.mon"])
        shutil.copytree("before", "out")
        code, said, _ = run(self.options)
        if code != 0:
            complain(self.name, "ends with", code, said)
        self.before = content("before")
        self.after = content("out")
        if self.before == self.after or set(self.before) == set(self.after) and len(self.before) < 3 and \
                "sqlite" not in options:
            complain(self.name, "the two runs cannot be told apart")

    def run(self, **fault):
        shutil.rmtree("out")
        shutil.copytree("before", "out")
        return run(self.options, **fault)

    def count(self, call):
        return self.run(call=call, at=0, how="EIO")[2]

    def close(self):
        shutil.rmtree("before")
        shutil.rmtree("out")

    def check_whole(self, what):
        """No half file under a final name."""
        for name, data in content("out").items():
            if data not in (self.before.get(name), self.after.get(name)):
                complain(what, "half a file:", name)

    def check_rerun(self, what):
        code, said, _ = run(self.options)
        if code != 0 or content("out") != self.after:
            complain(what, "the next run ends with", code, said.strip(), sorted(content("out")))
        if hidden("out"):
            complain(what, "the next run leaves", hidden("out"))


def check_end(case, what, call, code, said):
    """After a call has failed."""
    have = content("out")
    case.check_whole(what)
    if code == 4 and "MRD0532W" in said:
        if {name: data for name, data in have.items() if name in case.after} != case.after:
            complain(what, "return code 4, but not the new files")
    elif code == 0:
        if have != case.after:
            complain(what, "return code 0, but not the new files")
        # A database has handles of its own; the writer makes the file safe and closes it once more.
        if call not in QUIET_CALLS and not (case.name == "sqlite" and call in ("fsync", "close")):
            complain(what, "nobody has noticed")
    elif code != 16:
        complain(what, "return code", code, said.strip())
    elif not re.search(r"^MRD0[56]\d\dT .*(out|memory)", said, re.M):
        complain(what, "no message that says where:", said.strip())
    elif "MRD0531T" in said:
        if not any(name.endswith(".mrlist") for name in hidden("out")):
            complain(what, "undone, and no list for the next run")
    elif have != case.before:
        complain(what, "return code 16, but the files have changed:", sorted(have))
    elif hidden("out") and call != "unlink":
        complain(what, "temporary files are left:", hidden("out"))
    case.check_rerun(what)


def places(formats):
    """Every call that writes, of every format: (case, call, number of the call, words for it)."""
    for options in formats:
        case = Case(options)
        for call in CALLS:
            count = case.count(call)
            for at in range(1, count + 1):
                yield case, call, at, "%s, %s %d of %d" % (case.name, call, at, count)
        case.close()


def calls(formats):
    """Every call that writes fails: once, and from then on, as on a full disk."""
    total = 0
    for case, call, at, where in places(formats):
        for fault in ({"how": "EIO"}, {"how": "ENOSPC", "stay": 1}):
            code, said, _ = case.run(call=call, at=at, **fault)
            check_end(case, "%s %s:" % (where, fault["how"]), call, code, said)
            total += 1
    return total


def kill(formats):
    """Every call that writes is the last one of the process."""
    total = 0
    for case, call, at, where in places(formats):
        what = where + ", killed:"
        code, _, _ = case.run(call=call, at=at, how="KILL")
        if code != -signal.SIGKILL:
            complain(what, "ended with", code)
        case.check_whole(what)
        have = content("out")
        listed = any(name.endswith(".mrlist") for name in hidden("out"))
        if not listed and have not in (case.before, case.after):
            complain(what, "files of two runs and no list of what is to be done")
        case.check_rerun(what)
        total += 1
    return total


def memory(formats, step):
    """Memory runs out at one place, and from one place on."""
    total = 0
    for options in formats:
        case = Case(options)
        count = case.count("malloc")
        for at in range(1, count + 1, step):
            for fault in ({}, {"stay": 1}):
                what = "%s, malloc %d of %d%s:" % (case.name, at, count, " and all later ones" if fault else "")
                code, said, _ = case.run(call="malloc", at=at, how="ENOMEM", **fault)
                have = content("out")
                total += 1
                if code < 0 or code not in (0, 12, 16):
                    complain(what, "ended with", code, said.strip())
                elif code == 16 and have != case.before:
                    complain(what, "return code 16, but the files have changed")
                elif code == 0 and have != case.after:
                    complain(what, "return code 0, but not the new files")
                elif code == 12 and "MRD0119S" not in said:
                    complain(what, "return code 12 without a reason:", said.strip())
                elif code == 16 and not re.search("^MRD.*T ", said, re.M):
                    complain(what, "no message:", said.strip())
                elif hidden("out"):
                    complain(what, "temporary files are left:", hidden("out"))
        case.close()
    return total


def manifest():
    with open("out/manifest.json", encoding="utf-8") as f:
        return json.load(f)


def reads():
    """Reading the input fails at every read; the input grows or is cut while it is read."""
    f = MonFile()
    add_configuration(f, cpus=40)
    for n in range(1, 200):
        sample(f, 60 * n, [processor(60 * n, cpu, SYTPRP_PFXRUNCP=n) for cpu in range(40)])
    f.end().write("long.mon")
    size = os.path.getsize("long.mon")
    arguments = ["reduce", "-q", "-t", "VMXSP002", "-o", "out", "copy.mon"]
    shutil.copy("long.mon", "copy.mon")
    count = run(arguments, call="read", at=0, how="EIO", path="copy.mon")[2]
    total = 0
    for at in range(1, count + 1):
        for how, ids in (("EIO", ("MRD0103E",)), ("GROW", ("MRD0126W",)), ("CUT", ("MRD0127E",))):
            what = "read %d of %d %s:" % (at, count, how)
            shutil.rmtree("out", ignore_errors=True)
            shutil.copy("long.mon", "copy.mon")
            code, said, _ = run(arguments, call="read", at=at, how=how, path="copy.mon")
            account = manifest()
            total += 1
            if not account["agree"]:
                complain(what, "the account does not agree")
            # The first reads only look for the order of the files, without a word; the last one finds the end.
            told = any(one in said or one in [m["id"] for m in account["messages"]] for one in ids)
            used = account["inputs"][0]
            if how == "EIO" and (code not in ((0,) if at == 1 else (8, 12)) or told == (at == 1)):
                complain(what, "return code", code, said.strip())
            if how == "EIO" and at > 3 and not 0 < used["bytes"]["total"] < size + 1:
                complain(what, "nothing is kept of what came before")
            # What changed before the file was opened for good, or behind its end, cannot be seen.
            if how == "GROW" and 2 <= at < count and not (code in (4, 8) and told):
                complain(what, "return code", code, said.strip())
            if how == "CUT" and 2 <= at < count - 2 and not (code == 8 and told):
                complain(what, "return code", code, said.strip())
    return total


def main():
    small().write("new.mon")
    small(system="OTHER", serial="0A0B0C").write("other.mon")
    small(cpus=1, ipl=-90000).write("old.mon")
    every = "--all" in sys.argv
    formats = FORMATS if every else SHORT
    if sys.argv[1] == "calls":
        total = calls(formats + SEVERAL if every else formats)
    elif sys.argv[1] == "kill":
        total = kill(formats)
    elif sys.argv[1] == "memory":
        total = memory(formats + SEVERAL, 1 if every else 97)
    else:
        total = reads()
    if "--count" in sys.argv:
        print(total, "runs")
    if total < 5:
        complain("only", total, "runs")
    print("as expected" if wrong == 0 else "%d WRONG" % wrong)
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
