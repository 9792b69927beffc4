# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# make install puts everything below DESTDIR, and the program runs from there.
build=$BUILD
if ! make -s -C "$TOP" BUILD="$build" DESTDIR="$PWD/root" PREFIX=/opt/mr install >log 2>&1; then
    cat log
    exit 1
fi
find root -type f | sed 's|^root/opt/mr/||' | grep -v -e '^lib/monreduce/' -e '^share/man/' | sort
for page in "$TOP"/man/*.[1-8]; do
    name=$(basename "$page")
    cmp "$page" "root/opt/mr/share/man/man${name##*.}/$name" || echo "$name is not installed"
done
find root -type f -perm /022 | grep . && echo "others could change these"
root/opt/mr/bin/monreduce describe VMXVXU00 | head -n 1
