# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The same data given twice, or files that overlap: it is used once, with a warning.
small x.mon
cp x.mon y.mon
head -c 32768 x.mon >first.mon
cat x.mon y.mon >joined.mon
"$MONREDUCE" reduce -q -o once x.mon
echo "once: return code $?"

# twice FILE...: ids of the messages, the return code, and whether the tables are the same
twice()
{
    rm -rf twice
    run reduce -o twice "$@" | sed -n 's/^\(MRD[0-9]*[A-Z]\).*/\1/p; /^return/p; /^\$/p'
    diff -rq -x manifest.json once twice && echo same
}
twice x.mon y.mon
twice x.mon x.mon
twice first.mon x.mon
twice x.mon first.mon
twice joined.mon
exit 0
