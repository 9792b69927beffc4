# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# Any number of threads gives the same bytes, the same messages in the same order and the same return code: whole and
# damaged inputs, compressed ones, several files, every format, user exits.
"$MONSAMPLE" --intervals 12 "$TOP/samples/day.scn" day.mon
"$MONSAMPLE" "$TOP/samples/quirks.scn" quirks.mon
gzip -k day.mon
python3 - <<'PYTHON'
import random

data = bytearray(open("day.mon", "rb").read())
draw = random.Random(160)
for _ in range(60):
    at = draw.randrange(4096, len(data))
    data[at:at + 8] = draw.randbytes(8)
open("damaged.mon", "wb").write(data[:-3000])
PYTHON
small small.mon
printf 'user,class\nS*,service\nLNX*,linux\n' >classes.csv

# same NAME OPTION... FILE...: with 1, 2, 3 and 16 threads.
same()
{
    name=$1
    shift
    for n in 1 2 3 16; do
        "$MONREDUCE" reduce -v -j $n -o "$name" "$@" >/dev/null 2>"$name-$n.err"
        echo "return code $?" >>"$name-$n.err"
        rm -rf "$name-$n"
        # What exits took in time is the only thing that may differ.
        sed -i '/"microseconds": /d' "$name/manifest.json"
        sed -i '/^exit /s/, [0-9.]* s$//' "$name-$n.err"
        mv "$name" "$name-$n"
        [ $n = 1 ] && continue
        cmp "$name-1.err" "$name-$n.err" || diff "$name-1.err" "$name-$n.err" | head
        diff -r "$name-1" "$name-$n" || echo "$name: $n threads make something else"
    done
    tables=$(ls "$name-1" | wc -l)
    [ "$tables" -gt 1 ] || echo "$name: nothing was made"
    echo "$name: $(tail -n 1 "$name-1.err")"
}
same day day.mon
same gz day.mon.gz
same quirks quirks.mon
same damaged damaged.mon
same several damaged.mon quirks.mon small.mon day.mon.gz missing.mon
same split --split hour day.mon
same local --time both --values both day.mon
same joined -t VMXCDI,VMXCHC,VMXSPP,VMXVXULF day.mon
same one -t VMXVXU00 day.mon
same ndjson -f ndjson -s '2025-03-14 00:03:00' damaged.mon
same xpt -f xpt day.mon
same exit -x "$EXITS/userclass.so:file=classes.csv" day.mon
# Blocks of these two follow each other as buffers fill, which depends on the tables beside; what is in them does not.
for n in 1 3; do
    "$MONREDUCE" reduce -q -j $n -f sqlite -o sqlite-$n day.mon
    sqlite3 sqlite-$n/monreduce.db .dump >sqlite-$n.sql
done
cmp sqlite-1.sql sqlite-3.sql

for n in -1 65 x ''; do
    run reduce -j "$n" -o never day.mon
done
run reduce -q -j 0 -o zero -t VMXSP001 day.mon
cmp zero/VMXSP001.csv day-1/VMXSP001.csv
run census -j
