# SPDX-License-Identifier: Apache-2.0
"""A monitor file with thousands of user ids that readers of CSV trip over: quotes and commas, and what looks like
numbers, dates and formulas.

    names.py FILE
"""
import random
import sys

from mkmon import MonFile
from scenes import add_configuration, sample, user

names = ("1E10 MAR1 =CMD 0042 +1 -2 @X 'Q ''Q' 3/4 1-2 12:30 =1+1 2E5A 1D2 0x1E10 JAN-04 5.0 .5 5. 1,5 1.234,5 $5 50% "
         "(5) 1T 24-01-01 CMD|' 4MAY TRUE FALSE WAHR FALSCH VRAI FAUX NAN INF #N/A #REF! \"=1\" \"A\" A\"B =\"A\" =\"\" "
         "1'000 £5 ¥5 5£ 1½ ½ ² 1.1. 31.12. 3.MAI 4OKT 5DEZ 6AVR 1AM 2PM 1A 12:00P 1E+5 -1E-5 0E0 00 0 -0 1_0 0B1 0O7 "
         "1.JAN MAI5 JUIN1 GEN1 1/1/1 1:1:1 24:00 99:99 --1 +-1 ++ - = @ ' , ;").split()
names += [" =1", " 1", "=1 ", " A", "1 2", "1\xa00", "\xa0=1", "1 MAI", "1 SEPT", "MAY 5", "5 MARS", "1, 5"]
random.seed(740)
signs = "0123456789" * 3 + "EDAPM=+-@.,:/%$()' \"#;'£\xa0" + "EE..--++"
words = ["JAN", "MAR", "MAI", "DEZ", "E", "AM", "PM", "T", "OKT", "=", "1", "0"]
while len(names) < 4000:
    name = random.choice(words) if random.random() < 0.3 else ""
    name += "".join(random.choice(signs) for _ in range(random.randint(1, 7)))
    names.append((name + random.choice(words) if random.random() < 0.2 else name)[:8])
names = sorted({n.rstrip(" ") for n in names if n.strip(" ")})
f = MonFile()
add_configuration(f)
for n in range(0, len(names), 200):
    sample(f, 60 + n, [user(60 + n, name, VMDTTIME=n) for name in names[n:n + 200]])
f.end().write(sys.argv[1])
