# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
needs_faults
# Inputs and output folders that go away while they are used, and memory that the system refuses.
small x.mon
cp x.mon y.mon

echo "# an input that vanishes once it is open is read to its end; one that vanishes before is told"
mkfifo slow
(
    exec 3>slow
    head -c 20000 x.mon >&3
    rm y.mon
    tail -c +20001 x.mon >&3
) &
run reduce -q -t VMXSP002 -o out slow y.mon
wait

echo "# the output folder is removed while the run goes on"
(
    exec 3>slow
    head -c 40000 x.mon >&3
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        sleep 0.2
        [ -n "$(ls -A gone 2>/dev/null)" ] && break
    done
    rm -r gone
    tail -c +40001 x.mon >&3
) &
run reduce -q -t VMXSP002,VMXPCF00 -o gone slow 2>&1 | sed 's/gone\/[A-Za-z0-9_]*\.[a-z]*/gone\/FILE/'
wait
ls -d gone 2>&1 | sed 's/.*: //'

echo "# little memory: nothing is written, and the tables of before stay; an input that finds no room is not usable"
cp -r out before
for kilobytes in 8000 9000 10000 12000 14000 16000; do
    (
        ulimit -v $kilobytes
        exec "$MONREDUCE" reduce -o out x.mon
    ) >/dev/null 2>said
    code=$?
    case $code in
    0) break ;;
    16) grep -q '^MRD.*T ' said && diff -r before out >/dev/null || { echo "at $kilobytes:"; cat said; } ;;
    12) grep -q '^MRD0119S' said || { echo "at $kilobytes:"; cat said; } ;; # it was the input that found no room
    127) grep -q 'error while loading' said || cat said ;; # not even the program finds room
    *) echo "at $kilobytes: return code $code"; cat said ;;
    esac
done
echo "as it should be"
