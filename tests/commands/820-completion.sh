# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# What the completion for bash offers.
command -v bash >/dev/null 2>&1 || skip "no bash"
cat >try.bash <<'BASH'
compopt() { :; }
source "$TOP/completion/monreduce"
try()
{
    COMP_WORDS=(monreduce "$@")
    COMP_CWORD=$#
    _monreduce "$MONREDUCE" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
    echo "$*: ${COMPREPLY[*]}"
}
try re
try c
try d
try reduce --cr
try reduce -t VMXSP00
try reduce -t VMXSP002,VMXVXULF
try reduce -f c
try reduce --split ""
try census --js
try describe --js
try describe VMXVXU00.CPU
try describe vmxvxulf
try describe 4/3.USEACT_VMDTTI
: >here.mon
try census her
BASH
bash --norc try.bash
