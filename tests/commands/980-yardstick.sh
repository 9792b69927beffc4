# The yardstick of the benchmark reduces with code of its own: its tables must have the cells that the program's have, on a
# busy system and on an idle one.
build=$(dirname "$MONREDUCE")
[ -x "$build/yardstick" ] || { echo "no yardstick was built"; exit 77; }

# How many cells there are is not told: each field that is added to a layout would change it.
compare()
{
    python3 "$TOP/tests/bench/compare.py" ours theirs >compared
    code=$?
    sed 's/^[0-9]* tables, [0-9]* cells,/cells:/' compared
    echo "code $code"
}

both()
{
    echo "$1"
    shift
    rm -rf ours theirs
    "$MONSAMPLE" "$@" data || exit 1
    "$MONREDUCE" reduce -q -o ours data || exit 1
    "$build/yardstick" theirs data >/dev/null || exit 1
    compare
}
both busy --set users=60 --set disks=40 --intervals 5 "$TOP/samples/busy.scn"
both idle --intervals 4 "$TOP/samples/idle.scn"

echo "a cell that is changed is found"
sed '3s/IDLE0001/IDLE0009/' ours/VMXVXU00.csv >changed
mv changed ours/VMXVXU00.csv
compare

echo "a row that is missing is found"
"$MONREDUCE" reduce -q -o ours data
sed '3d' ours/VMXSTP00.csv >changed
mv changed ours/VMXSTP00.csv
compare | tail -n 3

echo "a file that ends too early"
head -c 100000 data >short
"$build/yardstick" theirs short
echo "code $?"
