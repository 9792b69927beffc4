# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# What is no exit, or cannot be found: the loader's own text is shown.
small x.mon
echo 'int nothing;' >nothing.c
echo 'int missing_function(void); int mr_exit_init(void); int mr_exit_init(void) { return missing_function(); }' >open.c
${CC:-cc} -shared -fPIC -o nothing.so nothing.c
${CC:-cc} -shared -fPIC -o open.so open.c
echo text >text.so
mkdir folder.so
here=$(pwd)
for exit in nothing.so ./nowhere.so ./nothing.so ./open.so ./text.so ./folder.so "" :a=b; do
    run reduce -x "$exit" x.mon | sed -e "s|$here|HERE|g" -e 's/undefined symbol: missing_function.*/undefined symbol: missing_function/'
done
LD_LIBRARY_PATH=$here run reduce -x nothing.so x.mon
[ -e monreduce.out ] || echo nothing was written
