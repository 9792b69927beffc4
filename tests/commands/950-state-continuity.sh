# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A file cut at any interval boundary and reduced in two runs gives the same rows as in one: the last counters are
# carried, and dropped where an IPL or a logoff says so.
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon
"$MONSAMPLE" "$TOP/samples/quirks.scn" quirks.mon
python3 - <<'PYTHON'
from state import boundaries, fresh, plain, run, same

for name in ("day", "quirks"):
    data, ends = boundaries(name + ".mon")
    plain(name + ".mon", out=name)
    good = 0
    for end in ends:
        fresh()
        for part, piece in (("a.mon", data[:end]), ("b.mon", data[end:])):
            with open(part, "wb") as f:
                f.write(piece)
            run(part)
        good += same(name, "out", "%s cut at %d" % (name, end))
    print("%s: %s" % (name, "the same wherever it is cut" if good == len(ends) > 8 else "WRONG"))
PYTHON
