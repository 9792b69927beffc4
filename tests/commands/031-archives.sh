# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Files as CMS and z/OS pack them: only the first bytes matter.
python3 - <<'PYTHON'
def make(name, first):
    open(name, "wb").write(first + bytes(range(256)) * 4 * 4 + bytes(1024 - len(first)))

make("packed", bytes.fromhex("000140c600001000"))
make("vmarc", ":CFF    ".encode("cp037"))
make("terse", bytes.fromhex("018969a5"))
PYTHON
run census packed
run census vmarc
run census terse
