# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# LibreOffice opens what --spreadsheet writes without changing a value: user ids that look like numbers, dates and
# formulas among them, and all tables of a sample.  It is asked to be as eager as it can be in several languages.
command -v soffice >/dev/null 2>&1 || skip "no LibreOffice (soffice)"
profile="file://$PWD/profile"
open_with()
{
    rm -rf sheets
    timeout 300 soffice --headless "-env:UserInstallation=$profile" ${2:+"--infilter=Text - txt - csv (StarCalc):$2"} \
        --convert-to fods --outdir sheets guarded/VM*.csv >soffice.log 2>&1 || cat soffice.log
    echo "$1: $(python3 "$TOP/tests/consumers/sheet.py" plain sheets)"
}
reduce()
{
    rm -rf plain guarded
    "$MONREDUCE" reduce -q -o plain "$1"
    "$MONREDUCE" reduce -q --spreadsheet -o guarded "$1"
}
python3 "$TOP/tests/names.py" names.mon
reduce names.mon
echo "user ids: $([ "$(wc -l <plain/VMXVXU00.csv)" -gt 3000 ] && echo thousands)"
open_with "as it is" "44,34,76,1,,0,false,false,,,,,true"
for language in 1033 2057 1031 1036 1040 3082; do
    open_with "numbers and dates in language $language" "44,34,76,1,,$language,false,true,,,,,true"
done
for scene in day quirks; do
    "$MONSAMPLE" "$TOP/samples/$scene.scn" x.mon >/dev/null
    reduce x.mon
    open_with "$scene, nothing said of the import" ""
done
# Without the option values do change: the comparison can tell.
"$MONREDUCE" reduce -q -t VMXVXU00 -o plain names.mon
rm -f plain/VM[!X]* plain/VMX[!V]* guarded/*
cp plain/VMXVXU00.csv guarded/
open_with "not guarded" "44,34,76,1,,0,false,false,,,,,true" | grep -q '^[1-9][0-9]* differences' && echo "not guarded: values change"
