# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# LibreOffice opens what --spreadsheet writes without changing a value: user ids that look like numbers, dates and
# formulas among them, and all tables of a sample.  It is asked to be as eager as it can be in several languages.
command -v soffice >/dev/null 2>&1 || skip "no LibreOffice (soffice)"
profile="file://$PWD/profile"
open_with()
{
    rm -rf sheets
    timeout 300 soffice --headless "-env:UserInstallation=$profile" "--infilter=Text - txt - csv (StarCalc):$2" \
        --convert-to fods --outdir sheets guarded/VM*.csv >soffice.log 2>&1 || cat soffice.log
    echo "$1: $(python3 "$TOP/tests/consumers/sheet.py" plain sheets)"
}
reduce()
{
    rm -rf plain guarded
    "$MONREDUCE" reduce -q -o plain "$1"
    "$MONREDUCE" reduce -q --spreadsheet -o guarded "$1"
}
python3 - <<'PYTHON'
import random

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
f.end().write("names.mon")
PYTHON
reduce names.mon
echo "user ids: $([ "$(wc -l <plain/VMXVXU00.csv)" -gt 3000 ] && echo thousands)"
open_with "as it is" "44,34,76,1,,0,false,false,,,,,true"
for language in 1033 2057 1031 1036 1040 3082; do
    open_with "numbers and dates in language $language" "44,34,76,1,,$language,false,true,,,,,true"
done
for scene in day quirks; do
    "$MONSAMPLE" "$TOP/samples/$scene.scn" x.mon >/dev/null
    reduce x.mon
    open_with "$scene" "44,34,76,1,,0,false,false,,,,,true"
done
# Without the option values do change: the comparison can tell.
"$MONREDUCE" reduce -q -t VMXVXU00 -o plain names.mon
rm -f plain/VM[!X]* plain/VMX[!V]* guarded/*
cp plain/VMXVXU00.csv guarded/
open_with "not guarded" "44,34,76,1,,0,false,false,,,,,true" | grep -q '^[1-9][0-9]* differences' && echo "not guarded: values change"
