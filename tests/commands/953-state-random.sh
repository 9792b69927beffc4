# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# A day cut into 24 files in random order, some twice, one truncated: reduced one by one, the tables are those of one run
# over all of them, and the manifest names what the truncated one lost.  Once with a configuration set in the first file
# only, so that files wait until it comes; once with a set in each.
"$MONSAMPLE" --intervals 96 "$TOP/samples/day.scn" day.mon
sed '/^connect$/,$d' "$TOP/samples/day.scn" >sets.scn
for hour in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
    echo connect
    echo 'run 3'
    [ $hour = 5 ] && echo 'event 4/2 for user LINUX003 at 12.5s USELOF_CALTODON=since' && echo 'offline user LINUX003'
    [ $hour = 8 ] && echo 'event 4/1 for user LINUX003 at 20s USELON_CALTODON=since' && echo 'online user LINUX003 at 20s'
    [ $hour = 12 ] && echo 'wait 7s' && echo ipl
    [ $hour = 16 ] && echo 'skip 2'
    echo 'run 1'
done >>sets.scn
"$MONSAMPLE" sets.scn sets.mon
python3 - <<'PYTHON'
import os
import random

from mkmon import control_records
from state import cut, fresh, manifest, plain, run, same


def by_sets(path, name):
    """A file for each configuration set: cut before events that begin with 1/1."""
    with open(path, "rb") as f:
        data = f.read()
    starts, place = [], 0
    for end, _ in control_records(data):
        if data[place + 4096 + 4] == 1 and data[place + 4096 + 6:place + 4096 + 8] == b"\0\1":
            starts.append(place)
        place = end
    for n, (a, b) in enumerate(zip(starts, starts[1:] + [len(data)])):
        with open(name % n, "wb") as f:
            f.write(data[a:b])
    return [name % n for n in range(len(starts))]


for what, names in (("one set", cut("day.mon", 24, "day-%02d.mon")), ("sets", by_sets("sets.mon", "sets-%02d.mon"))):
    truncated = names[13]
    os.truncate(truncated, os.path.getsize(truncated) * 3 // 5 // 4096 * 4096 + 1234)
    plain(*names)
    for seed in (1, 2):
        random.seed(seed)
        order = names + random.sample(names, 5)
        random.shuffle(order)
        fresh()
        for name in order:
            run(name, codes=(0, 4, 8))
        ledger = manifest()["ledger"]
        losses = [(loss["name"], [d["message"] for d in loss["damage"]]) for loss in ledger["losses"]]
        if not same("plain", "out", "seed %d" % seed) or ledger["waiting"]:
            print("WRONG: order", order, ledger["waiting"])
        print("%s: %d inputs, losses %s, holes %d" % (what, ledger["inputs"], losses, len(ledger["systems"][0]["holes"])))
PYTHON
