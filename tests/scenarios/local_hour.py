# SPDX-License-Identifier: Apache-2.0
"""At the end of summer time an hour comes twice, with other content: both are data, and nothing is taken across."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "recompute"), os.path.join(HERE, "..")]

from cells import Tables  # noqa: E402
from monitor import take_sets, write  # noqa: E402

faults = []


def make(name, later):
    scenario = os.path.join(HERE, "repeated_hour.scn")
    subprocess.run([os.environ["MONSAMPLE"], "--set", "later=%d" % later, scenario, name], check=True)
    with open(name, "rb") as f:
        return take_sets(f.read())


def expect(what, tables, *lines):
    for line in lines:
        fault = tables.expect(line)
        if fault:
            faults.append("%s: %s" % (what, fault))


TWICE = ["VMXVXU00;;#rows;120", "VMXVXU00;QUALITY=first;#rows;2", "VMXVXU00;QUALITY=ok;#rows;118",
         "VMXVXU00;USEACT_VMDTTIME=12.000000;#rows;118", "VMXVXU00;ENDTS=2025-10-26 01:30:00;#rows;2",
         "VMXSP002;QUALITY=ok&DURATION=60.000000;#rows;118", "VMXSGP00;QUALITY=ok&CPU_PCT=55;#rows;118"]
summer, winter = make("summer.mon", 0), make("winter.mon", 3600)
expect("two files", Tables("out.two", ["summer.mon", "winter.mon"]), *TWICE)
write(summer + winter, "both.mon")
expect("one file, two configuration sets", Tables("out.both", ["both.mon"]), *TWICE)
write(summer + winter[2:], "stepped.mon")
stepped = Tables("out.stepped", ["stepped.mon"])
expect("the clock goes back in one file", stepped, *TWICE)
for row in stepped.rows("VMXVXU00"):
    if row["VMCINTTS"] > row["ENDTS"]:
        faults.append("one file: a row of %s begins at %s" % (row["ENDTS"], row["VMCINTTS"]))
# The same twice is the same.
expect("the same file twice", Tables("out.same", ["summer.mon", "summer.mon"]), "VMXVXU00;;#rows;60",
       "VMXVXU00;QUALITY=ok;#rows;59")
# Half an hour that the first file lacks, of the time before: no step, it fills the hole.
write(summer[:2] + summer[32:], "late.mon")
write(summer[:32], "early.mon")
expect("a half of the hour and the whole", Tables("out.half", ["early.mon", "summer.mon"]), "VMXVXU00;;#rows;60",
       "VMXVXU00;QUALITY=ok;#rows;59")
print("\n".join(faults) or "as expected")
sys.exit(bool(faults))
