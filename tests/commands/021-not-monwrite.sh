# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
seq 1 3000 >numbers
head -c 20000 /dev/zero >zeros
printf x >one-byte
run reduce numbers
run census zeros
run census one-byte
