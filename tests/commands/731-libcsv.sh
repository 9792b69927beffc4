# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# libcsv in its strict mode finds no fault in any file, and the cells that Python's reader finds.
${CC:-cc} -std=c11 -Wall -Wextra -Werror -o strict "$TOP/tests/consumers/strict.c" -lcsv || exit 1
python3 "$TOP/tests/names.py" names.mon
"$MONSAMPLE" "$TOP/samples/day.scn" day.mon >/dev/null
"$MONSAMPLE" "$TOP/samples/quirks.scn" quirks.mon >/dev/null
check()
{
    name=$1
    shift
    "$MONREDUCE" reduce -q -o out "$@"
    for file in $(find out -name '*.csv.gz'); do gzip -d "$file"; done
    for file in $(find out -name '*.csv'); do
        ./strict "$file" >"$file.cells" || echo "$file: not strict CSV"
    done
    echo "$name: $(python3 - <<'PYTHON'
import csv
import glob

csv.field_size_limit(1 << 30)
cells = bad = 0
for path in glob.glob("out/**/*.csv", recursive=True):
    with open(path, newline="", encoding="utf-8") as f:
        want = b""
        width = None
        for row in csv.reader(f, strict=True):
            width = width or len(row)
            bad += len(row) != width
            cells += len(row)
            want += b"".join(b"%d:%s" % (len(c.encode()), c.encode()) for c in row) + b"\n"
    with open(path + ".cells", "rb") as f:
        if f.read() != want:
            print(path, "differs")
            bad += 1
print("the same cells" if cells and not bad else "%d cells, %d faults" % (cells, bad))
PYTHON
)"
    rm -rf out
}
for scene in names day quirks; do
    check "$scene" "$scene.mon"
done
check "CR LF" --crlf names.mon
check "for spreadsheets" --spreadsheet names.mon
check "local times and readings" --time both --values both quirks.mon
check "hours, packed" --split hour --gzip day.mon
printf 'A,B\n1,"2"3\n' >wrong.csv
./strict wrong.csv >/dev/null 2>&1 || echo "a fault is found"
