# SPDX-License-Identifier: Apache-2.0
"""4/3 has a layout that was worked out: a record that fails a test has nothing behind the trusted part."""
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

# Up to offset 60 the layout is trusted: what is there does not depend on the tests.  Behind it a record that fails one
# has nothing; the others keep all they have.
GOOD_ROW = {"USEACT_VMDTTIME": "2.000000", "USEACT_VMDVTIME": "1.000000", "USEACT_VMDCTPVR": 321, "USEACT_CALCPPGR": 7,
            "USEACT_VMDRELSH": 100, "USEACT_VMDACTNO": "ACCT1", "USEACT_VMDGRPN": "GROUP1",
            "USEACT_CALTODON": "2024-03-15 08:00:00.000000", "USEACT_VMDVDISK": 3, "USEACT_VMDCFGEM": "0x44"}
TRUSTED = ("USEACT_VMDTTIME", "USEACT_VMDVTIME")
for name in ("GOOD", "ALSOGOOD", "ACCOUNT", "GROUP", "LOGON", "TIMES"):
    wanted = {column: value if "GOOD" in name or column in TRUSTED else None for column, value in GOOD_ROW.items()}
    if name == "TIMES":  # they stand still
        wanted.update(USEACT_VMDTTIME="0.000000", USEACT_VMDVTIME="0.000000")
    compare(name, out.rows("VMXVXU00", USEACT_VMDUSER=name)[1:], [row("ok", 60, **wanted)] * 2)
# Shorter records are another case: their place is not told by those of the others, and one or two do not tell it.
shifted = out.rows("VMXVXU00", USEACT_VMDUSER="SHIFTED")
compare("SHIFTED", shifted[1:2], [row("ok", 60, **{column: value if column in TRUSTED else None
                                                   for column, value in GOOD_ROW.items()})])
compare("EMPTY", out.rows("VMXVXU00", USEACT_VMDUSER="EMPTY")[1:],
        [row("ok", 60, USEACT_VMDACTNO="", USEACT_VMDVDISK=5, USEACT_CALTODON="2024-03-15 08:00:00.000000")] * 2)
same("messages", out.message("MRD0314W"), 1)
same("resets", [r["QUALITY"] for r in out.rows("VMXVXU00") if r["QUALITY"] == "reset"], [])

told()
