# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Every way of writing that goes with a state gives, run by run and in any order, what one run gives.
"$MONSAMPLE" --intervals 100 "$TOP/samples/day.scn" day.mon
python3 - <<'PYTHON'
import gzip
import os

from state import cut, files, fresh, plain, run, same

names = cut("day.mon", 5, "part-%d.mon")
for options in (["-f", "ndjson"], ["--crlf"], ["--split", "hour"], ["--split", "day"], ["--values", "both", "--time", "both"],
                ["-t", "VMXVXU00,VMXSGP00"], ["--columns", "SYSID,ENDTS,DURATION,QUALITY"], ["--gzip"],
                ["-f", "ndjson", "--gzip", "--split", "hour"]):
    for order in (names, [names[0], names[3], names[1], names[4], names[2]]):
        fresh("state", "out", "plain")
        plain(*options, *names)
        for name in order:
            run(*options, name)
        for folder in ("out", "plain") if "--gzip" in options else ():
            for name in files(folder):
                if name.endswith(".gz"):  # members of their own, the same rows
                    with gzip.open(os.path.join(folder, name)) as f, open(os.path.join(folder, name[:-3]), "wb") as g:
                        g.write(f.read())
                    os.remove(os.path.join(folder, name))
        print(*options, "in order" if order is names else "in disorder", "the same" if same("plain", "out", "") else "WRONG")
PYTHON
