# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
small x.mon
python3 -c '
data = open("x.mon", "rb").read()
open("text.mon", "wb").write(data.decode("cp037").encode("latin-1"))'
run reduce text.mon
run census - <text.mon
