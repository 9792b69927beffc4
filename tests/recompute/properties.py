# SPDX-License-Identifier: Apache-2.0
"""What holds of every table of every file, whole or damaged.

    properties.py COPIES FILE...    the files as they are, then so many damaged copies of them

No time of one processor above 112.5 percent; no sum that is not the sum of its rows; no row that is ok and covers
another time
than its interval; no row that begins after its end; no negative difference; no difference of zero where the counter
moved.
"""
import csv
import glob
import os
import random
import subprocess
import sys
from collections import defaultdict
from datetime import datetime

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]

from mkmon import BLOCK  # noqa: E402
from monitor import header, parts, take_sets, write  # noqa: E402
from recompute import PROGRAM  # noqa: E402

SEED = 90317
PERCENTS = {
    "VMXSP002": ["CPU_PCT", "EMUL_PCT", "USER_PCT", "SYS_PCT", "WAIT_PCT"],
    "VMXSPP": ["CPU_PCT", "EMUL_PCT", "USER_PCT", "SYS_PCT", "WAIT_PCT"],
    "VMXSGP00": ["CPU_PCT", "EMUL_PCT", "USER_PCT", "SYS_PCT", "WAIT_PCT", "CHANNEL_BUSY_PCT", "SGP_CHANNEL_BUSY_MAX"],
    "VMXVXU00": ["CPU_PCT", "VIRT_CPU_PCT"], "VMXVXULF": ["CPU_PCT", "VIRT_CPU_PCT"], "VMXLCP00": ["BUSY_PCT"],
    "VMXLPR00": ["BUSY_PCT"], "VMXLPT00": ["BUSY_PCT", "SHARE_PCT", "OVERHEAD_PCT"], "VMXCHC09": ["BUSY_PCT"],
    "VMXCHC": ["BUSY_PCT"], "VMXCHC18": ["BUSY_PCT"], "VMXCPM": ["BUSY_PCT", "OWN_BUSY_PCT", "BUS_PCT"],
    "VMR1002_CPU": ["CPU_PCT", "USER_PCT", "SYS_PCT", "IDLE_PCT", "IOWAIT_PCT", "STEAL_PCT"],
}
# Column of VMXSGP00 -> the columns that it adds up.
SUMS = {
    "SGP_CPU_USER_S": [("VMXSP002", "SYTPRP_PFXUTIME")], "SGP_CPU_SYSTEM_S": [("VMXSP002", "SYTPRP_PFXTMSYS")],
    "SGP_CPU_EMUL_S": [("VMXSP002", "SYTPRP_PFXPRBTM")], "SGP_CPU_WAIT_S": [("VMXSP002", "SYTPRP_PFXTOTWT")],
    "SGP002TM": [("VMXSP002", "DURATION")], "SGP_PLSPIOPR": [("VMXSP001", "SYTSYP_PLSPIOPR")],
    "SGP_PLSPIOPW": [("VMXSP001", "SYTSYP_PLSPIOPW")],
    "SGP_GUEST_CPU_S": [("VMXVXU00", "USEACT_VMDTTIME"), ("VMXVXULF", "USELOF_VMDTTIME")]}
# These show what was read, not what happened since.
NOT_SAMPLED = {"VMXVXF00", "VMXDCF00", "VMXACF00", "VMXSCX00", "VMXSCF00", "VMXVXC00", "VMXPCF00", "VMXXSF00",
               "VMX_VU00",
               "VMX_VT00", "VMXSTP00", "VMXXDS00", "VMXXSFT1"}
TOLERANCE = 3.0         # records of a sample may be so many seconds apart

counters, keys, narrow = set(), {"CHCHPID", "PFXCPUAD"}, set()
for path in glob.glob(os.path.join(HERE, "..", "..", "schema", "layouts", "*.csv")):
    with open(path, newline="", encoding="utf-8") as f:
        for one in csv.DictReader(f):
            names = ["%s_%d" % (one["name"], n + 1) for n in
                     range(int(one["array"].split("/")[0]))] if one["array"] else \
                [one["name"]]
            if one["semantic"] in ("counter", "duration-counter"):
                counters.update(names)
                narrow.update(names if one["type"] == "u16" else ())
            elif one["semantic"] == "key":
                keys.update(names)
faults, seen = [], defaultdict(int)


def when(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").timestamp()


def read(folder):
    tables = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.csv"))):
        name = os.path.basename(path)[:-4]
        if name != "dictionary":
            with open(path, newline="", encoding="utf-8") as f:
                tables[name] = list(csv.DictReader(f, strict=True))
    return tables


def check(what, tables, cumulative=None):
    def fail(table, row, text):
        faults.append("%s: %s at %s %s: %s" % (what, table, row["ENDTS"],
                                               " ".join("%s=%s" % (k, row[k]) for k in row if k in keys)[:60], text))

    by_interval = defaultdict(list)
    for name, rows in tables.items():
        differences = [c for c in (rows[0] if rows else ()) if c in counters]
        for row in rows:
            seen["rows"] += 1
            if row["VMCINTTS"]:
                by_interval[name, row["VMCINTTS"]].append(row)
                if row["VMCINTTS"] > row["ENDTS"]:
                    fail(name, row, "begins at %s" % row["VMCINTTS"])
            for column in PERCENTS.get(name, ()):
                if row.get(column):
                    seen["percentages"] += 1
                    if float(row[column]) > 112.5:
                        fail(name, row, "%s is %s (%s)" % (column, row[column], row["QUALITY"]))
            if name in NOT_SAMPLED:
                continue
            for column in differences:
                if row[column].startswith("-"):
                    fail(name, row, "%s is %s" % (column, row[column]))
            if row["QUALITY"] in ("first", "reset") and name not in ("VMXSGP00", "VMXSPP", "VMXCHC", "VMXLPR00",
                                                                     "VMXLPT00"):
                shown = [c for c in differences if row[c]]
                if shown:
                    fail(name, row, "%s and %s is there" % (row["QUALITY"], shown[0]))
            if row["QUALITY"] == "ok" and row["DURATION"] and row["VMCINTTS"] and name != "VMXVXULF":
                seen["durations"] += 1
                interval = when(row["ENDTS"]) - when(row["VMCINTTS"])
                if abs(float(row["DURATION"]) - interval) > TOLERANCE:
                    fail(name, row, "ok, DURATION %s, the interval is %.6f" % (row["DURATION"], interval))
    check_sums(what, tables, by_interval, fail)
    if cumulative:
        check_zeros(tables, cumulative, fail)


def check_sums(what, tables, by_interval, fail):
    intervals = defaultdict(int)
    for row in tables.get("VMXSGP00", []):
        intervals[row["VMCINTTS"]] += 1
    for row in tables.get("VMXSGP00", []):
        if not row["VMCINTTS"] or intervals[row["VMCINTTS"]] > 1:
            continue
        for column, sources in SUMS.items():
            if not row.get(column):
                continue
            values = [one[c] for table, c in sources for one in by_interval[table, row["VMCINTTS"]] if c in one]
            total = sum(float(v) for v in values if v)
            seen["sums"] += 1
            # a logoff that is delivered behind its sample is too late for the sum
            late = [float(one[c]) for table, c in sources if table == "VMXVXULF" for one in
                    by_interval[table, row["VMCINTTS"]] if one[c]]
            if any(abs(total - less - float(row[column])) <= 1e-4 * max(1, abs(total)) for less in sums_of(late)):
                continue
            if abs(total - float(row[column])) > 1e-4 * max(1, abs(total)):
                fail("VMXSGP00", row, "%s is %s, its rows add up to %.6f" % (column, row[column], total))
    for table in ("VMXLPR00", "VMXLPT00"):
        for row in tables.get(table, []):
            if row["CPUS"] and row.get("CPUS_BUSY") and float(row["CPUS_BUSY"]) > 1.125 * float(row["CPUS"]):
                fail(table, row, "%s of %s processors are busy" % (row["CPUS_BUSY"], row["CPUS"]))


def sums_of(values):
    """What some of these may add up to."""
    sums = {0.0}
    for value in values[:8]:
        sums |= {one + value for one in sums}
    return sums - {0.0}


def check_zeros(tables, cumulative, fail):
    """A difference of zero, and the reading before was another one."""
    for name, rows in tables.items():
        if name in NOT_SAMPLED or name == "VMXVXULF" or len(rows) != len(cumulative.get(name, ())):
            continue
        last = {}
        for row, read_ in zip(rows, cumulative[name]):
            entity = tuple(row[k] for k in row if k in keys)
            before = last.get(entity)
            last[entity] = read_
            if before is None or before["ENDTS"] == read_["ENDTS"]:
                continue
            for column in row:
                if column not in counters or row[column] not in ("0", "0.000000"):
                    continue
                was, now = before.get(column + "_CUM"), read_.get(column + "_CUM")
                if not was or not now:
                    continue
                seen["zeros"] += 1
                if float(was) != float(now) and not (column in narrow and (int(now) - int(was)) % 65536 == 0):
                    fail(name, row, "%s is 0, it was %s and is %s" % (column, was, now))


def reduce(path, out, *options):
    done = subprocess.run([PROGRAM, "reduce", "-q", "-o", out, *options, path], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 4, 8, 12):
        faults.append("%s: return code %d %s" % (path, done.returncode, done.stderr.decode(errors="replace")[-300:]))
    return read(out)


# ---- damage

def flip(draw, data):
    for _ in range(draw.choice((1, 3, 20))):
        data[draw.randrange(len(data))] = draw.randrange(256)


def remove(draw, data):
    at = draw.randrange(len(data) // BLOCK) * BLOCK
    del data[at:at + draw.choice((1, 1, 2, 5)) * BLOCK]


def cut(draw, data):
    if draw.random() < 0.5:
        del data[draw.randrange(BLOCK, len(data)):]
    else:
        del data[:draw.randrange(len(data) // 2)]


def records(draw, data):
    """Some records are not there; sometimes all of one kind."""
    sets = take_sets(bytes(data))
    kinds = sorted({header(one)[:2] for _, rs in sets for one in rs if header(one)[0] != 1 or header(one)[1] == 11})
    kind, share = draw.choice(kinds), draw.choice((0.1, 0.3, 1))
    if draw.random() < 0.5:
        gone = lambda one: header(one)[:2] == kind and draw.random() < share
    else:
        gone = lambda one: header(one)[0] != 1 and draw.random() < 0.05
    write([(k, [one for one in rs if not gone(one)]) for k, rs in sets], "records.mon")
    with open("records.mon", "rb") as f:
        data[:] = f.read()


def intervals(draw, data):
    groups = parts(take_sets(bytes(data)))
    kept = [group for n, group in enumerate(groups) if n == 0 or draw.random() > 0.3]
    write([one for _, group in kept for one in group], "intervals.mon")
    with open("intervals.mon", "rb") as f:
        data[:] = f.read()


def main():
    draw = random.Random(SEED)
    whole = []
    for path in sys.argv[2:]:
        with open(path, "rb") as f:
            whole.append((os.path.basename(path)[:-4], f.read()))
        check(whole[-1][0], reduce(path, "out"), reduce(path, "cumulative", "--values", "cumulative"))
    for n in range(int(sys.argv[1])):
        name, data = whole[n % len(whole)]
        data = bytearray(data)
        damage = [flip, remove, cut, records, intervals][n % 5]
        damage(draw, data)
        with open("damaged.mon", "wb") as f:
            f.write(data)
        what = "%s, copy %d (%s)" % (name, n, damage.__name__)
        tables = reduce("damaged.mon", "out")
        check(what, tables, reduce("damaged.mon", "cumulative", "--values", "cumulative") if n % 4 == 0 else None)
    for one in faults[:int(os.environ.get("FAULTS_SHOWN", "40"))]:
        print(one)
    print(" ".join("%s %d" % one for one in sorted(seen.items())), file=sys.stderr)
    for kind, least in (("percentages", 1000), ("durations", 1000), ("sums", 500), ("zeros", 100)):
        if seen[kind] < least:
            faults.append("only %d %s" % (seen[kind], kind))
    print("%d copies: %s" % (int(sys.argv[1]), "all properties hold" if not faults else "%d faults" % len(faults)))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
