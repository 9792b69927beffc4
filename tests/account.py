# SPDX-License-Identifier: Apache-2.0
"""Checks of manifest.json that need nothing of the program: everything is added up again, the tables are counted."""
import collections
import csv
import json
import os
import subprocess
import zlib

from mkmon import MonFile, at, record
from scenes import add_configuration, processor, sample

PROGRAM = os.environ["MONREDUCE"]
CODES = {"I": 0, "W": 4, "E": 8, "S": 12, "T": 16}
FATES = {"reduced": "reduced", "structural": "structural", "not selected": "not_selected", "unknown": "unknown"}


class Wrong(Exception):
    pass


def same(what, have, want):
    if have != want:
        raise Wrong("%s: %r, not %r" % (what, have, want))


def run(*arguments):
    """Return code and standard output; a signal is never right."""
    done = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode < 0 or done.returncode not in CODES.values():
        raise Wrong("%s: ended with %d\n%s" % (" ".join(arguments), done.returncode, done.stderr.decode()))
    return done.returncode, done.stdout.decode()


def check_bytes(what, b):
    same(what, b["total"], b["control"] + b["records"] + b["leftover"] + b["end_data"] + b["damaged"])
    same(what + " agree", b["agree"], True)


def check_input(one):
    if not one["usable"]:
        return
    check_bytes(one["name"], one["bytes"])
    if one["damaged_stretches"] == len(one["damage"]):
        same("damage", sum(d["bytes"] for d in one["damage"]), one["bytes"]["damaged"])
    if os.path.isfile(one["name"]):
        with open(one["name"], "rb") as f:
            data = f.read()
        same("file size", one["file_bytes"], len(data))
        same("bytes read", one["file_bytes_read"], len(data))
        same("CRC", one["crc32"], "%08X" % zlib.crc32(data))
        if data[:2] != b"\x1f\x8b":
            same("bytes", one["bytes"]["total"], len(data))


def check_system(one):
    same("intervals", one["intervals"]["expected"], one["intervals"]["seen"] + one["intervals"]["missing"])
    if one["lists_complete"]:
        same("lost events", sum(s["lost_event_records"] for s in one["suspend_list"]), one["lost_event_records"])
        same("gaps", sum(g["intervals"] for g in one["gap_list"]), one["intervals"]["missing"])
        same("suspends", len(one["suspend_list"]), one["suspends"])
        same("restarts", len(one["restart_list"]), one["restarts"])
        same("reconnects", len(one["reconnect_list"]), one["reconnects"])


def check_records(m):
    r = m["records"]
    twice = r.get("duplicates", 0)
    same("record types", sum(t["count"] for t in r["types"]) + twice, r["total"])
    same("record bytes", sum(t["bytes"] for t in r["types"]) == m["bytes"]["records"], twice == 0)
    same("records of inputs", sum(i["records"] for i in m["inputs"] if i["usable"]), r["total"])
    same("records of systems", sum(s["records"] for s in m["systems"]) + twice, r["total"])
    same("records agree", r["agree"], True)
    if m["command"] == "reduce":
        for fate, key in FATES.items():
            same(fate, sum(t["count"] for t in r["types"] if t["fate"] == fate), r[key])
        same("fates", sum(r[key] for key in FATES.values()) + twice, r["total"])
    else:
        same("known", sum(t["count"] for t in r["types"] if t["known"]), r["known"])
        same("known and unknown", r["known"] + r["unknown"] + twice, r["total"])


def check_tables(m, folder):
    """The files are read back and their rows counted."""
    files = sorted(name[:-4] for name in os.listdir(folder) if name.endswith(".csv") and name != "dictionary.csv")
    same("tables", sorted(t["name"] for t in m["tables"]), files)
    for t in m["tables"]:
        with open(os.path.join(folder, t["name"] + ".csv"), newline="", encoding="utf-8") as f:
            counts = collections.Counter(row["QUALITY"] for row in csv.DictReader(f, strict=True))
        same(t["name"] + " rows", t["rows"], sum(counts.values()))
        same(t["name"] + " quality", {q: n for q, n in t["quality"].items() if n}, dict(counts))
    same("rows", m["rows"]["total"], sum(t["rows"] for t in m["tables"]))
    for quality, count in m["rows"]["quality"].items():
        same("rows " + quality, count, sum(t["quality"][quality] for t in m["tables"]))
    same("rows agree", m["rows"]["agree"], True)
    for one in m["balances"]:
        same("balance " + one["name"], 0 <= one["failed"] <= one["checked"] > 0, True)


def check_messages(m, code):
    same("return code", m["return_code"], code)
    same("worst message", max([CODES[one["severity"]] for one in m["messages"]], default=0), code)
    same("reasons", m["reasons"], [one["id"] for one in m["messages"] if code and CODES[one["severity"]] == code])
    same("order of messages", m["messages"], sorted(m["messages"], key=lambda one: one["id"]))
    for one in m["messages"]:
        same("letter of " + one["id"], one["id"][-1], one["severity"])
        same("count of " + one["id"], one["count"] > 0, True)


def check(m, code, folder=None):
    for one in m["inputs"]:
        check_input(one)
    for key in ("total", "control", "records", "leftover", "end_data", "damaged"):
        same("all bytes " + key, m["bytes"][key], sum(i["bytes"][key] for i in m["inputs"] if i["usable"]))
    check_bytes("all bytes", m["bytes"])
    for one in m["systems"]:
        check_system(one)
    check_records(m)
    check_messages(m, code)
    if folder:
        check_tables(m, folder)
    same("agree", m["agree"], True)
    return m


def load(folder):
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as f:
        return json.load(f)


def reduce(folder, *arguments):
    """Reduce, check the manifest, return it."""
    code, _ = run("reduce", "-q", "-o", folder, *arguments)
    return check(load(folder), code, folder)


def census(*arguments):
    code, text = run("census", "-q", "--json", *arguments)
    return check(json.loads(text), code)


def agree(reduced, counted):
    """What census and reduce both tell must be the same."""
    for key in ("bytes", "inputs", "systems"):
        same(key, counted[key], reduced[key])
    for key in ("total", "bytes", "unknown"):
        same(key, counted["records"][key], reduced["records"][key])


def eventful():
    """Five of eight samples, a suspension that lost 17 event records, an unknown record, a command."""
    f = MonFile()
    add_configuration(f)
    for n in (1, 2, 3, 7, 8):
        if n == 2:
            f.add("E", [record(1, 12, at(90), length=20), record(1, 3, at(95), MTRSUS_LOSTRCCT=17),
                        record(9, 250, at(96), length=40), record(1, 11, at(96))])
        sample(f, 60 * n, [processor(60 * n, cpu, cpu, SYTPRP_PFXRUNCP=5 + n * 100) for cpu in range(2)])
    return f.end()
