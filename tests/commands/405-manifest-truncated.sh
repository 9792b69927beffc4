# SPDX-License-Identifier: Apache-2.0
# Wherever a file is cut, at its end or at its front, the sums of the manifest agree with the bytes that are left.
python3 - <<'PYTHON'
from account import Wrong, agree, census, eventful, reduce

data = eventful().form("native")
cuts = sorted(set(range(1, len(data), 1499)) | set(range(4096, len(data), 4096)) | set(range(4095, len(data), 8192)))
for n, cut in enumerate(cuts):
    for part, kept in (("end", data[:cut]), ("front", data[cut:])):
        with open("cut.mon", "wb") as f:
            f.write(kept)
        try:
            counted = census("cut.mon")
            if n % 8 == 0:
                agree(reduce("out.%s.%d" % (part, cut), "cut.mon"), counted)
        except Wrong as fault:
            print("cut off the %s at %d: %s" % (part, cut, fault))
print("tried")
PYTHON
