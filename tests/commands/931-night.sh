# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The commands of samples/night as they stand there, with other folders: what unit and cron line run, a rerun, a night
# without files, one with damage, two at once, a request to stop.
night=$TOP/samples/night
mkdir spool tables lib

# here FILE: with the folders of this test.
here()
{
    sed -e "s#/usr/local/lib/monreduce#$PWD/lib#g" -e "s#/var/spool/monwrite#$PWD/spool#g" \
        -e "s#/var/lib/monreduce#$PWD/tables#g" "$night/$1"
}
cp "$night/monreduce-night" lib/
export MONREDUCE
yesterday=$(date -d yesterday +%Y-%m-%d)
stamp=$(date -d yesterday +%m%d%y)
small "spool/D$stamp.T090000"

# What systemd would run, with what it would set.
exec_start=$(here monreduce.service | sed -n 's/^ExecStart=//p')
environment=$(here monreduce.service | sed -n 's/^Environment=//p')
# shellcheck disable=SC2086
env $environment $exec_start
echo "unit: $?, $(ls "tables/$yesterday" | grep -c '\.csv$') CSV files"
cp -r "tables/$yesterday" first

# What cron would run: five fields and a user, then the command; NAME=VALUE before it.
here monreduce.cron | grep -v '^#' >cron
command=$(sed -n 's/^[0-9*]* [0-9*]* \* \* \*  monreduce  //p' cron)
environment=$(grep -E '^(INPUT|OUTPUT)=' cron | tr '\n' ' ')
# shellcheck disable=SC2086
env $environment /bin/sh -c "$command"
echo "cron: $?"
diff -r first "tables/$yesterday" && echo "a rerun changes nothing"
tail -n 1 "tables/$yesterday.log" | sed "s#in $PWD/.* from#from#"

INPUT=$PWD/spool OUTPUT=$PWD/tables
export INPUT OUTPUT
lib/monreduce-night 2001-01-01 2>&1 | sed "s#$PWD/##"
head -c 30000 "spool/D$stamp.T090000" >"spool/D010201.T000000"
lib/monreduce-night 2001-01-02 2>said
echo "damage: $?, $(grep -c '^MRD0112E' said) message"
OPTIONS='-t VMXSP002' lib/monreduce-night 2001-01-02 2>said
echo "options: $(ls tables/2001-01-02)" | tr '\n' ' '
echo
flock tables/.night.lock lib/monreduce-night 2001-01-02
echo "two at once: $?"

# A request to stop reaches the program once, and is waited for: it waits for a pipe.
mkfifo pipe
(
    exec 3<>pipe
    cat "spool/D$stamp.T090000" >&3
    sleep 4
) &
OPTIONS="-t VMXSP002 $PWD/pipe" lib/monreduce-night "$yesterday" 2>said &
night_pid=$!
sleep 2
kill -TERM $night_pid
wait $night_pid
echo "stopped: $?, $(grep -c '^MRD0620E.*SIGTERM' said) message"
wait

# Unit and timer as systemd reads them, where its tool is installed.
if command -v systemd-analyze >/dev/null 2>&1; then
    mkdir units
    here monreduce.service | grep -v '^Documentation=' >units/monreduce.service
    here monreduce.timer >units/monreduce.timer
    systemd-analyze verify units/monreduce.service units/monreduce.timer
    systemd-analyze security --offline=true --threshold=10 --no-pager units/monreduce.service >rating 2>&1 || tail -n 1 rating
fi
