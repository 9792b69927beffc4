# SPDX-License-Identifier: Apache-2.0
"""4/3 has a layout that was worked out: each record is tested, from the first wrong field on all is blank."""
from mkmon import MonFile, timer
from scenes import add_configuration, sample
from story import compare, reduce, row, same, told, user

GOOD = dict(USEACT_VMDTTIME=timer(20), USEACT_VMDVTIME=timer(10), USEACT_VMDCTPVR=321, USEACT_CALCPPGR=1000,
            USEACT_VMDRELSH=100, USEACT_VMDVDISK=70, USEACT_VMDCFGEM=0x44)


def grown(n, **values):
    """The good values at sample n, with counters that have moved."""
    more = dict(GOOD, USEACT_VMDTTIME=timer(20 + 2 * n), USEACT_VMDVTIME=timer(10 + n), USEACT_CALCPPGR=1000 + 7 * n,
                USEACT_VMDVDISK=70 + 3 * n)
    more.update(values)
    return more


def moved(raw, at_byte, by):
    """The same record with what follows at_byte moved to the front: an earlier word is absent."""
    body = raw[:at_byte - by] + raw[at_byte:]
    return len(body).to_bytes(2, "big") + body[2:]


def odd(n, name):
    """Records that do not fit, each from another field on."""
    second = 60 * n
    if name == "ACCOUNT":
        return user(second, name, **grown(n, USEACT_VMDACTNO=b"\x01\x02\x03\x04\x05\x06\x07\x08"))
    if name == "GROUP":
        return user(second, name, **grown(n, USEACT_VMDGRPN=b"\x00\x00\x10\x00\xff\x00\x00\x01"))
    if name == "LOGON":
        return user(second, name, logon=second + 1, **grown(n))
    if name == "TIMES":
        return user(second, name, **grown(n, USEACT_VMDTTIME=timer(1), USEACT_VMDVTIME=timer(2)))
    if name == "SHIFTED":
        return moved(user(second, name, **grown(n)), 232, 4)
    return user(second, name, **grown(n))


NAMES = ("GOOD", "ACCOUNT", "GROUP", "LOGON", "TIMES", "SHIFTED", "ALSOGOOD")
f = MonFile()
add_configuration(f)
for n in range(3):
    # (The second user's group is blanks and the third's account zeros: both can be.)
    sample(f, 60 * (n + 1), [odd(n + 1, name) for name in NAMES]
           + [user(60 * (n + 1), "EMPTY", USEACT_VMDACTNO=b"\0" * 8, USEACT_VMDGRPN=" " * 8, USEACT_VMDVDISK=5 * n)])
f.end().write("x.mon")
out = reduce("x.mon", code=4)

# Offset from which on a user's record is not believed.
BLANK = {"GOOD": 360, "ALSOGOOD": 360, "ACCOUNT": 232, "GROUP": 240, "LOGON": 248, "TIMES": 36, "SHIFTED": 232}
OFFSET = {"USEACT_VMDTTIME": 36, "USEACT_VMDCTPVR": 68, "USEACT_CALCPPGR": 112, "USEACT_VMDRELSH": 216,
          "USEACT_VMDACTNO": 232, "USEACT_VMDGRPN": 240, "USEACT_CALTODON": 248, "USEACT_VMDVDISK": 256,
          "USEACT_VMDCFGEM": 325}
VALUE = {"USEACT_VMDTTIME": "2.000000", "USEACT_VMDCTPVR": 321, "USEACT_CALCPPGR": 7, "USEACT_VMDRELSH": 100,
         "USEACT_VMDACTNO": "ACCT1", "USEACT_VMDGRPN": "GROUP1", "USEACT_VMDVDISK": 3, "USEACT_VMDCFGEM": "0x44"}
for name, end in BLANK.items():
    rows = out.rows("VMXVXU00", USEACT_VMDUSER=name)
    wanted = row("ok", 60, **{column: VALUE[column] if OFFSET[column] < end else None for column in VALUE})
    wanted["USEACT_CALTODON"] = "2024-03-15 08:00:00.000000" if end == 360 else None
    compare(name, rows[1:], [wanted, wanted])
compare("EMPTY", out.rows("VMXVXU00", USEACT_VMDUSER="EMPTY")[1:],
        [row("ok", 60, USEACT_VMDACTNO="", USEACT_VMDVDISK=5, USEACT_CALTODON="2024-03-15 08:00:00.000000")] * 2)
same("messages", out.message("MRD0314W"), 3 * 5)

told()
