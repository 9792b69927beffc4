# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# Orphan channels, by the exit that comes with the program, by one of our own, and by --chp-sel: the same rows.
python3 - <<'PYTHON'
from mkmon import MonFile, at, record
from scenes import configuration, sample

def devices(f, second):
    event, config = configuration(second)
    f.add("E", event)
    more = [record(1, 6, at(second, 10 + n), MTRDEV_RDEVSID=0x10000 + n, MTRDEV_RDEVDEV=0x200 + n, MTRDEV_RDEVLPM=mask,
                   MTRDEV_RDEVCHPS=bytes.fromhex(paths))
            for n, (mask, paths) in enumerate(((0xC0, "4041424300000000"), (0x80, "4050000000000000"),
                                               (0x00, "6061000000000000"), (0xA0, "5051500000000000")))]
    f.add("S", config[:-1] + more + config[-1:])

def channels(f, second):
    sample(f, second, [record(0, 9, at(second), SYTCPC_HFCOUNT=second)])

f = MonFile()
devices(f, 0)
channels(f, 60)
f.add("E", [record(6, 1, at(70), IODVON_RDEVSID=0x10009, IODVON_RDEVDEV=0x209, IODVON_RDEVLPM=0x80,
                   IODVON_RDEVCHPS=bytes.fromhex("7000000000000000")),
            record(6, 2, at(71), IODVOF_RDEVSID=0x10000, IODVOF_RDEVDEV=0x200)])
channels(f, 120)
f.add("E", [record(6, 2, at(130), IODVOF_RDEVSID=0x10001, IODVOF_RDEVDEV=0x201),
            record(6, 2, at(131), IODVOF_RDEVSID=0x10077, IODVOF_RDEVDEV=0x277)])
channels(f, 180)
devices(f, 200)
channels(f, 240)
f.end().write("x.mon")
g = MonFile()
event, config = configuration()
g.add("E", event, "S", config)
channels(g, 60)
g.end().write("none.mon")
PYTHON
paths()
{
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "CHCHPID") c = i }
             NR > 1 { n[$5] = n[$5] sprintf(" %02X", $c) } END { for (t in n) print t n[t] }' "$1" | sort
}
compile orphans
run reduce -t VMXCHC09 -x "$EXITS/chpsel.so" -o chpsel x.mon | tail -n +2
run reduce -t VMXCHC09 -x ./orphans.so -o own x.mon
run reduce -t VMXCHC09,VMXCHC --chp-sel -o option x.mon
paths chpsel/VMXCHC09.csv
cmp chpsel/VMXCHC09.csv own/VMXCHC09.csv
cmp chpsel/VMXCHC09.csv option/VMXCHC09.csv
paths option/VMXCHC.csv | tail -n 1
grep orphans option/manifest.json
run reduce -t VMXCHC09 -o all x.mon
grep -c . all/VMXCHC09.csv
# No device configuration at all: all are orphans, and that is said.
run reduce -t VMXCHC09 --chp-sel -o option none.mon
