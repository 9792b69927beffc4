# SPDX-License-Identifier: Apache-2.0
"""Help for the tests of --state: native files cut into pieces, runs one after the other, and tables compared."""
import filecmp
import json
import os
import shutil
import subprocess

from mkmon import control_records

MONREDUCE = os.environ["MONREDUCE"]


def boundaries(path):
    """Where intervals end: behind each sample but that of the first configuration set, and not at the very end."""
    with open(path, "rb") as f:
        data = f.read()
    ends = [end for end, entries in control_records(data) if any(entry[0] == "S" for entry in entries)]
    return data, ends[1:-1]


def cut(path, count, name):
    """count files name % n, each of about as many intervals."""
    data, ends = boundaries(path)
    each = (len(ends) + 1) // count
    places = [0] + [ends[each * n - 1] for n in range(1, count)] + [len(data)]
    for n in range(count):
        with open(name % n, "wb") as f:
            f.write(data[places[n]:places[n + 1]])
    return [name % n for n in range(count)]


def run(*arguments, state="state", out="out", codes=(0, 4)):
    """One run with a state; its messages.  A return code that is not expected is shown."""
    r = subprocess.run([MONREDUCE, "reduce", "-v", "--state", state, "-o", out, *arguments], stderr=subprocess.PIPE,
                       text=True)
    if r.returncode not in codes:
        print("return code %d of %s" % (r.returncode, " ".join(arguments)))
        print("\n".join(line for line in r.stderr.splitlines() if line.startswith("MRD")))
    return r.stderr


def plain(*arguments, out="plain"):
    subprocess.run([MONREDUCE, "reduce", "-q", "-o", out, *arguments], stderr=subprocess.DEVNULL)


def fresh(*folders):
    for folder in folders or ("state", "out"):
        shutil.rmtree(folder, ignore_errors=True)


def files(folder):
    return sorted(os.path.relpath(os.path.join(top, name), folder) for top, _, names in os.walk(folder) for name in names)


def same(a, b, what, leave_out=("manifest.json",)):
    """Are all files of two folders the same?  The manifest tells of one run only."""
    names = [name for name in sorted(set(files(a)) | set(files(b))) if name not in leave_out]
    bad = [name for name in names
           if not (os.path.exists(os.path.join(a, name)) and os.path.exists(os.path.join(b, name)) and
                   filecmp.cmp(os.path.join(a, name), os.path.join(b, name), False))]
    if bad or not names:
        print("%s: %s" % (what, "other files: " + " ".join(bad) if bad else "no files"))
    return not bad and bool(names)


def manifest(folder="out"):
    with open(os.path.join(folder, "manifest.json")) as f:
        return json.load(f)


def rows(folder, table):
    with open(os.path.join(folder, table)) as f:
        return f.read().splitlines()
