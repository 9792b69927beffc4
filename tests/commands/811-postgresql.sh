# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# load-postgresql.sql on a real server that is started here: columns, rows and cells are those of the CSV files; also of
# files that are packed or in parts.
server=
for folder in /usr/lib/postgresql/*/bin; do
    [ -x "$folder/initdb" ] && server=$folder
done
[ -n "$server" ] && command -v psql >/dev/null 2>&1 || skip "no PostgreSQL server"
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon

# The server refuses to run as root; its socket needs a short path.
place=$(mktemp -d /tmp/mrpg.XXXXXX) || exit 1
as=
if [ "$(id -u)" = 0 ]; then
    if ! command -v runuser >/dev/null 2>&1 || ! id postgres >/dev/null 2>&1; then
        rmdir "$place"
        skip "no user to run PostgreSQL as"
    fi
    chown postgres "$place"
    as="runuser -u postgres --"
fi
stop()
{
    (cd / && $as "$server/pg_ctl" -D "$place/data" -m immediate -w stop >/dev/null 2>&1)
    rm -rf "$place"
}
trap stop EXIT
(
    cd / || exit 1
    $as "$server/initdb" -D "$place/data" -A trust -U monreduce -E UTF8 --locale=C >/dev/null 2>&1
    $as "$server/pg_ctl" -D "$place/data" -l "$place/log" -w \
        -o "-c listen_addresses='' -c unix_socket_directories=$place -c fsync=off" start >/dev/null 2>&1
) || { echo "the server does not start"; exit 1; }
query()
{
    psql -X -q -A -t -h "$place" -U monreduce -d postgres "$@"
}
load()
{
    echo "loaded: $*"
    rm -rf out
    "$MONREDUCE" reduce -q --dictionary -o out "$@" day.mon
    query -c "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public" 2>/dev/null
    (cd out && query -f load-postgresql.sql) || echo "the script fails"
    mkdir out/have
    for table in $(query -c "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"); do
        query -c "\\copy $table to 'out/have/$table.csv' with (format csv, header true)"
    done
    python3 - <<'PYTHON'
import csv
import glob
import gzip
from decimal import Decimal


def rows(name):
    for path in glob.glob("out/%s.csv*" % name) + sorted(glob.glob("out/%s/%s_*.csv*" % (name, name))):
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", newline="", encoding="utf-8") as f:
            yield from list(csv.reader(f, strict=True))[1:]


def plain(text, kind):
    """The value: the server writes times without zeros at their end, and floating point in its own way."""
    if text == "" or kind in ("text", "hex", "digits", "unsigned", "integer"):
        return text
    if kind == "time":
        return text.rstrip("0").rstrip(".") if "." in text else text
    return float(text) if kind == "real" else Decimal(text)


with open("out/dictionary.csv", newline="", encoding="utf-8") as f:
    columns = list(csv.DictReader(f))
cells = bad = 0
for name in {c["table"] for c in columns}:
    kinds = [c["type"] for c in columns if c["table"] == name]
    with open("out/have/%s.csv" % name.lower(), newline="", encoding="utf-8") as f:
        have = list(csv.reader(f, strict=True))
    want = list(rows(name))
    if have[0] != [c["column"].lower() for c in columns if c["table"] == name] or len(have) - 1 != len(want):
        print(name, len(have) - 1, "rows, not", len(want))
    for x, y in zip(have[1:], want):
        for a, b, kind in zip(x, y, kinds, strict=True):
            cells += 1
            if plain(a, kind) != plain(b, kind):
                bad += 1
                print(name, kind, repr(a), repr(b))
print("all cells" if cells > 10000 and not bad else cells)
PYTHON
}
load
query -c "SELECT col_description('vmxvxu00'::regclass, ordinal_position) FROM information_schema.columns
          WHERE table_name = 'vmxvxu00' AND column_name = 'useact_vmdttime'"
load --gzip --values both
load --split interval
load --split hour --gzip --time both --crlf
