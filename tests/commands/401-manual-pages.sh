# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The manual pages are formatted without a warning.
command -v man >/dev/null 2>&1 || skip "no man command"
for page in "$TOP"/man/*.[1-8]; do
    man --warnings -E UTF-8 -l "$page" 2>&1 >/dev/null
    man -E UTF-8 -l "$page" 2>/dev/null | grep -q . || echo "$page: nothing comes out"
done
echo formatted
