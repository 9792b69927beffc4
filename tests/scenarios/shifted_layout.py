# SPDX-License-Identifier: Apache-2.0
"""4/3 with words put in or taken out: what cannot be placed is blank, what is placed is right, nothing else is lost.

Each file has the same users with the same values; words are put in (or left out) somewhere in every record.  The value of
a field in the undisturbed file is what its cell must hold, or it must be blank; which of the two is worked out here from
where the words are.
"""
import random
import struct

from mkmon import MonFile, layouts, timer
from scenes import add_configuration, sample
from state import cut as cut_file, fresh, run as run_state, same as same_files
from story import compare, fail, reduce, row, same, told, user

FIELDS = {name: field.offset for name, field in layouts.fields(4, 3).items()}
USERS = ("OPERATOR", "TCPIP", "LINUX001", "LINUX002", "EMPTY", "MAINT")
TRUSTED, ANCHOR, BEHIND, TIMES, END = 60, 232, 256, 328, 360
COUNTERS = ("USEACT_CALCPPGR", "USEACT_VMDVDISK", "USEACT_VMDTTIME", "USEACT_VMDTTMP")
SHOWN = ("USEACT_VMDTTIME", "USEACT_VMDVTIME", "USEACT_VMDCTPVR", "USEACT_VMDCTXBK", "USEACT_CALCPPGR", "USEACT_VMDRELSH",
         "USEACT_VMDACTNO", "USEACT_VMDGRPN", "USEACT_CALTODON", "USEACT_VMDVDISK", "USEACT_VMDCTPVG", "USEACT_VMDPUTYP",
         "USEACT_VMDTTMP", "USEACT_VMDTTMS")


def values(n, i):
    """Sample n of user i; one user has no texts and has used no time."""
    used = 0 if USERS[i] == "EMPTY" else 20 * (i + 1) + n
    more = dict(USEACT_VMDTTIME=timer(used + used // 5, 16 * i + 2 * n), USEACT_VMDVTIME=timer(used // 3, 11 * i + n), USEACT_VMDCTPVR=3210 + i,
                USEACT_VMDCTXBK=17 + i, USEACT_CALXSTOR=40 + i, USEACT_CALCPPGR=1000 * i + 7 * n, USEACT_VMDVDISK=70 + 3 * n,
                USEACT_VMDRELSH=100, USEACT_VMDSSIZE=0x8000, USEACT_ASCDEFSZ=0x7FFFFFF, USEACT_VMDCTPVG=5 + i,
                USEACT_VMDPUTYP=3, USEACT_VMDVTMP=timer(used // 3, 11 * i + n), USEACT_VMDTTMP=timer(used, 13 * i + n),
                USEACT_VMDTTMS=timer(used // 5, 3 * i + n), USEACT_VMDACTNO="ACCT%d" % i, USEACT_VMDGRPN="GROUP%03d" % i)
    if USERS[i] == "EMPTY":
        more.update(USEACT_VMDACTNO=b"\0" * 8, USEACT_VMDGRPN=" " * 8, USEACT_VMDVTMP=0, USEACT_VMDTTMP=0, USEACT_VMDTTMS=0)
    return more


def undisturbed(n, i):
    return user(60 * n, USERS[i], micros=i, logon=-3600 - 1000 * i, **values(n, i))


def resized(body):
    return struct.pack(">H", len(body)) + body[2:]


def words(at_byte, count, length=None):
    """count bytes of words put in at a byte, or left out where count is below zero; length: cut or filled to it."""
    def change(record, n, i):
        noise = random.Random("%d %d" % (n, i))
        new = b"".join(struct.pack(">I", noise.choice((0, 1, 250, 0x12345678, 0x9ABCDEF0))) for _ in range(count // 4))
        body = record[:at_byte] + new + record[at_byte + max(0, -count):]
        if length is not None:
            body = (body + bytes(length))[:length]
        return resized(body)
    return change


def garbage(record, n, i):
    noise = random.Random("garbage %d %d" % (n, i))
    return record[:TRUSTED] + bytes(noise.randrange(1, 256) for _ in range(len(record) - TRUSTED))


def same_record(record, n, i):
    return record


def make(name, change, samples=5, who=None):
    f = MonFile()
    add_configuration(f)
    for n in range(1, samples + 1):
        sample(f, 60 * n, [change(undisturbed(n, i), n, i) if who is None or i in who else undisturbed(n, i)
                           for i in range(len(USERS))])
    f.end().write(name)
    return name


def rows_by(out):
    return {(r["USEACT_VMDUSER"], r["ENDTS"][:19]): r for r in out.rows("VMXVXU00")}


def check(what, out, parts, settled=2, counted=True, may=()):
    """Cells of fields in the parts are right from the row after `settled` samples on; those in the parts `may` are right or
    blank; all others are blank.  The trusted part is always right."""
    have = rows_by(out)
    same("%s: rows" % what, sorted(have), sorted(REFERENCE))
    for (name, time), wanted in REFERENCE.items():
        got = have.get((name, time), wanted)
        late = int(time[14:16]) > settled
        for column in ("QUALITY", "DURATION") + SHOWN:
            place = FIELDS.get(column, 0)
            inside = place < TRUSTED or any(a <= place < b for a, b in parts)
            # A difference needs the reading before, too.
            must = place < TRUSTED or (inside and (late or settled == 0)
                                       and not (column in COUNTERS and int(time[14:16]) == settled + 1 and settled))
            if got[column] != wanted[column] and (must or got[column] != ""):
                fail("%s: %s of %s at %s: '%s', right: '%s'" % (what, column, name, time, got[column], wanted[column]))
            if not inside and not any(a <= place < b for a, b in may) and got[column] != "" and column in FIELDS:
                fail("%s: %s of %s at %s is '%s', but nothing tells where it is" % (what, column, name, time, got[column]))
    if counted:
        placed = out.message("MRD0345I")
        same("%s: messages" % what, [out.message("MRD0314W"), placed if may else int(placed == (parts != WHOLE)),
                                     out.message("MRD0346I")], [0, placed if may else 1, 0])


WHOLE = [(TRUSTED, END)]
FRONT = [(TRUSTED, BEHIND)]
BACK = [(ANCHOR, END)]
REFERENCE = rows_by(reduce(make("whole.mon", same_record), code=0))
same("undisturbed cells", [r["USEACT_CALCPPGR"] for r in REFERENCE.values()], [""] * 6 + ["7"] * 24)
same("undisturbed texts", {r["USEACT_VMDACTNO"] for r in REFERENCE.values()}, {"", *("ACCT%d" % i for i in (0, 1, 2, 3, 5))})

# One word or ten, put in or left out in front of the texts, the record as long as that makes it or as before: what is
# between the trusted part and the texts can be on either side of the place, so it is blank.
CASES = {"0": (same_record, WHOLE, 0)}
for count in (-8, -4, 4, 8, 36, 40, 44):
    for at_byte in (60, 84, 200):
        for length in (None, 360):
            # In a record that is not longer the last fields are cut off, and the anchor there with them.
            cut = length is not None and count > 0
            CASES["%+d at %d%s" % (count, at_byte, ", cut" if cut else ", filled" if length else "")] = (
                words(at_byte, count, length), [(ANCHOR, BEHIND)] if cut else BACK, 2)
# Behind the texts: the front is where the layout has it; between the texts and the clocks nothing is sure.  Clocks look
# alike: where they would fit in two places they are blank.
CLOCKS = [(TIMES, END)]
for count in (-8, -4, 4, 8, 40):
    for at_byte in (256, 264, 300):
        for length in (None, 360) if count < 8 else (None,):
            CASES["%+d at %d%s" % (count, at_byte, "" if length is None else ", 360 bytes")] = (
                words(at_byte, count, length), FRONT, 0, CLOCKS)
# As much longer at the end as at z/VM 6.1, or shorter by the clocks.
CASES["440 bytes"] = (words(360, 80), FRONT, 0, WHOLE)
CASES["324 bytes"] = (words(324, -36), FRONT, 0)
CASES["248 bytes"] = (words(248, -112), [(TRUSTED, 248)], 0)
for what, (change, parts, settled, *may) in CASES.items():
    check(what, reduce(make("shift.mon", change)), parts, settled, True, *may)
print("%d shifts" % len(CASES))

# Nothing fits: the trusted part is all there is, and it is said once.
out = reduce(make("garbage.mon", garbage), code=4)
check("garbage", out, [], 0, counted=False)
same("garbage: messages", [out.message(m) for m in ("MRD0314W", "MRD0345I", "MRD0346I")], [1, 0, 0])
# Nothing tells: no texts, no logon, no clocks.
def silent(record, n, i):
    return record[:ANCHOR] + bytes(END - ANCHOR)


out = reduce(make("silent.mon", silent))
check("silent", out, [], 0, counted=False)
same("silent: messages", [out.message(m) for m in ("MRD0314W", "MRD0345I", "MRD0346I")], [0, 0, 1])
# A few that do not fit among others: they alone are blank, and it is said once.
out = reduce(make("few.mon", garbage, who=(2,)), code=4)
for key, got in rows_by(out).items():
    for column in SHOWN:
        bad = FIELDS[column] >= TRUSTED and key[0] == USERS[2]
        same("few: %s of %s at %s" % (column, *key), got[column], "" if bad else REFERENCE[key][column])
same("few: messages", out.message("MRD0314W"), 1)

# A layout that changes in the midst of records of one length: what is wrong is given up, and begins anew.
change = words(84, 4, 360)
out = reduce(make("changes.mon", lambda r, n, i: r if n < 5 else change(r, n, i), samples=20), code=4)
whole = rows_by(reduce(make("whole20.mon", same_record, samples=20)))
for key, got in rows_by(out).items():
    for column in SHOWN + ("QUALITY", "DURATION"):
        if got[column] != whole[key][column] and (got[column] != "" or FIELDS.get(column, 0) < TRUSTED):
            fail("changes: %s of %s at %s: '%s', right: '%s'" % (column, *key, got[column], whole[key][column]))
last = [r for key, r in rows_by(out).items() if key[1].endswith("09:20:00")]
same("changes: at the end", [r["USEACT_VMDACTNO"] for r in last], ["ACCT0", "ACCT1", "ACCT2", "ACCT3", "", "ACCT5"])
same("changes: messages", out.message("MRD0314W"), 1)

# Two systems in one run, each with its own shift; the same with threads, and in two runs with a state.
for name, change in (("one.mon", words(84, -4)), ("two.mon", words(60, 40))):
    f = MonFile()
    add_configuration(f, system=name[:3].upper(), serial="0%05X" % len(name) if name == "one.mon" else "0ABCDE")
    for n in range(1, 6):
        sample(f, 60 * n, [change(undisturbed(n, i), n, i) for i in range(len(USERS))])
    f.end().write(name)
out = reduce("one.mon", "two.mon")
same("two systems", out.message("MRD0345I"), 2)
for system in ("ONE", "TWO"):
    texts = [r["USEACT_VMDACTNO"] for r in out.rows("VMXVXU00", SYSID=system) if r["ENDTS"][14:16] == "05"]
    same("two systems: %s" % system, texts, ["ACCT0", "ACCT1", "ACCT2", "ACCT3", "", "ACCT5"])
reduce("-j", "3", "one.mon", "two.mon", out="threads")
same_files(out.folder, "threads", "three threads")
reduce("-j", "1", "one.mon", "two.mon", out="alone")
same_files(out.folder, "alone", "one thread")

f = MonFile()
change = words(84, -4)
add_configuration(f)
pieces = []
for n in range(1, 8):
    sample(f, 60 * n, [change(undisturbed(n, i), n, i) for i in range(len(USERS))])
f.end().write("long.mon")
reduce("long.mon", out="plain")
fresh()
for piece in cut_file("long.mon", 3, "piece%d.mon"):
    said = run_state(piece)
    same("runs with a state: %s" % piece, said.count("MRD0345I"), 1)
same_files("plain", "out", "three runs with a state")

told()
