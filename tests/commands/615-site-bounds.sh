# SPDX-License-Identifier: Apache-2.0
# Fields that are bound together: 55 and 30 seconds of one processor in a minute are a reset; a site's line with the same
# fields takes the place of ours, and 0 is no bound.
python3 - <<'PYTHON'
from mkmon import MonFile, timer
from scenes import add_configuration, processor, sample

f = MonFile()
add_configuration(f)
for n in range(3):
    sample(f, 60 * (n + 1), [processor(60 * (n + 1), 0, SYTPRP_PFXUTIME=timer(55 * n), SYTPRP_PFXTMSYS=timer(30 * n))])
f.end().write("x.mon")
PYTHON
HEADER=record,field,kind,unit,rise,origin
site()
{
    mkdir -p "$1"
    shift
    printf '%s\n' "$HEADER" "$@" >"$folder/bounds.csv"
}
show()
{
    shift
    "$MONREDUCE" reduce -q -t VMXSP002 -o out "$@" x.mon
    python3 -c '
from scenes import table
print([(row["QUALITY"], row["SYTPRP_PFXUTIME"], row["SYTPRP_PFXTMSYS"]) for row in table("out", "VMXSP002")])'
}
busy=SYTPRP_PFXUTIME+SYTPRP_PFXTMSYS
all=SYTPRP_PFXTOTWT+$busy
echo "as it is"
show none
folder=wider
site wider "0/2,$busy,duration-counter,time,1.5,site" "0/2,$all,duration-counter,time,1.5,site"
echo "85 of 60 seconds are below 1.5 times the clock"
show wider --schema wider
folder=narrow
site narrow "0/2,$busy,duration-counter,time,1.4,site" "0/2,$all,duration-counter,time,1.5,site"
echo "and above 1.4 times"
show narrow --schema narrow
folder=off
site off "0/2,$busy,duration-counter,time,0,site" "0/2,$all,duration-counter,time,0,site"
echo "no bound"
show off --schema off
