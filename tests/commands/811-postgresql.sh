# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# load-postgresql.sql on a real server that is started here: rows and sums are those of the CSV files.
server=
for folder in /usr/lib/postgresql/*/bin; do
    [ -x "$folder/initdb" ] && server=$folder
done
[ -n "$server" ] && command -v psql >/dev/null 2>&1 || skip "no PostgreSQL server"
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon
"$MONREDUCE" reduce -q --dictionary -o out day.mon

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
cd out || exit 1
query -f load-postgresql.sql || echo "the script fails"
for file in V*.csv; do
    table=$(echo "${file%.csv}" | tr 'A-Z' 'a-z')
    echo "$table $(query -c "SELECT count(*) FROM $table")"
done >../have
python3 - >../want <<'PYTHON'
import csv
import glob

for name in sorted(glob.glob("V*.csv")):
    with open(name, newline="", encoding="utf-8") as f:
        print(name[:-4].lower(), sum(1 for _ in csv.reader(f)) - 1)
PYTHON
sort ../have >../have.sorted
sort ../want | diff - ../have.sorted && echo "all rows"
query -c "SELECT sum(useact_vmdttime), count(useact_vmdttime), min(endts), max(endts) FROM vmxvxu00" >../have
python3 - <<'PYTHON' >../want
import csv
from decimal import Decimal

with open("VMXVXU00.csv", newline="", encoding="utf-8") as f:
    rows = list(csv.DictReader(f))
times = [Decimal(r["USEACT_VMDTTIME"]) for r in rows if r["USEACT_VMDTTIME"]]
ends = [r["ENDTS"].rstrip("0").rstrip(".") for r in rows]
print("|".join([str(sum(times)), str(len(times)), min(ends), max(ends)]))
PYTHON
diff ../want ../have && echo "the same sums and times"
query -c "SELECT col_description('vmxvxu00'::regclass, ordinal_position) FROM information_schema.columns
          WHERE table_name = 'vmxvxu00' AND column_name = 'useact_vmdttime'"
