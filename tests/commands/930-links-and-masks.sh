# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Output files have the mode that the umask leaves, and nothing is written or removed through a link that stands in the
# output folder: it is replaced, or refused where it would be a folder.
small x.mon
umask 027
run reduce -q -t VMXSP002 -o out x.mon
stat -c '%a %n' out out/*
umask 077
run reduce -q -t VMXSP002 -o out x.mon
stat -c '%a %n' out/*

mkdir elsewhere linked
echo kept >elsewhere/file
for name in VMXSP002.csv manifest.json dictionary.csv; do
    ln -s ../elsewhere/file linked/$name
done
ln -s ../elsewhere/new linked/VMXPCF00.csv
run reduce -q -t VMXSP002,VMXPCF00 -o linked x.mon
cat elsewhere/file
ls elsewhere
find linked -type l
mkdir parts
ln -s ../elsewhere parts/VMXSP002
run reduce -q -t VMXSP002 --split day -o parts x.mon
ls elsewhere
