# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
. "$TOP/tests/exits/lib.sh"
# A file or folder that others may write is refused, also behind a link.
small x.mon
here=$(pwd -P)
compile frozen "" -I"$TOP/tests/exits"
try()
{
    run reduce -q -t VMXSP002 -x "$1" x.mon | sed "s|$here|HERE|g"
}
chmod 775 frozen.so
try ./frozen.so
chmod 757 frozen.so
try ./frozen.so
chmod 755 frozen.so
try ./frozen.so
mkdir open closed
cp frozen.so open
cp frozen.so closed
chmod 777 open
try open/frozen.so
chmod 1777 open
try open/frozen.so
chmod 770 open
try "$here/open/frozen.so"
ln -s ../closed/frozen.so open/link.so
ln -s ../open/frozen.so closed/link.so
try ./open/link.so
try ./closed/link.so
chmod 755 open
try ./open/link.so
