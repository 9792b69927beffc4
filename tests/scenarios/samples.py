# SPDX-License-Identifier: Apache-2.0
"""The generator of samples: parts of a record that begin at the same place, or are there only for some values."""
import sys

from mkmon import layouts, take_apart
from story import compare, reduce, row, same, told

PATHS = 5       # one for each measurement group that the schema knows, and two of others
WORDS = {1: {"SYTEPM_ECMCPBT": 60 * 1000 * 128e-6}, 2: {"SYTEPM_ECMCCWU": 600}, 3: {"SYTEPM_ECMMSNT": 1200}}
LIMITS = {2: {"SYTEPM_CSCCMCMC": 100}, 3: {"SYTEPM_CSCCMCDP": 4096}}

out = reduce(sys.argv[1])
for group in range(PATHS):
    fixed = {"SYTEPM_CALTYPE": 0x1B, "SYTEPM_ECMCUIV": "0xFE", "SYTEPM_CSCCMCMG": group,
             "SYTEPM_CSCCMCCP": "0x%02X" % (0x40 + group)}
    for one in (1, 2, 3):
        fixed.update({name: value if one == group else None for name, value in LIMITS.get(one, {}).items()})
    wanted = []
    for n in range(3):
        words = {name: value if one == group and n > 0 else None for one in WORDS for name, value in WORDS[one].items()}
        wanted.append({**row("first" if n == 0 else "ok", None if n == 0 else 60), **fixed, **words})
    compare("path of group %d" % group, out.rows("VMXCPM", SYTEPM_CALCHPID="0x%02X" % (0x40 + group)), wanted)
same("no other rows", len(out.rows("VMXCPM")), 3 * PATHS)

# The bytes themselves: the parts begin behind the fixed one, and the record ends behind the last.
fields = layouts.fields(0, 20)
with open(sys.argv[1], "rb") as f:
    for _, one in take_apart(f.read()):
        if one[4] != 0 or int.from_bytes(one[6:8], "big") != 20:
            continue
        first, second, length = (int.from_bytes(one[fields[name].offset:fields[name].offset + 4], "big")
                                 for name in ("SYTEPM_CALOFST1", "SYTEPM_CALOFST2", "SYTEPM_CALLEN2"))
        same("places of %02X" % one[20], (first, second, length > 0, second + length), (36, 68, True, len(one)))
told()
