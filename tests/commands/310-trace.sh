# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# Everything that the schema says can be followed back to the lists of shared/reference.
[ -n "$SHARED" ] && [ -d "$SHARED/reference" ] || skip "there is no shared/reference beside this folder"
python3 "$TOP/tests/trace.py" "$SHARED/reference" 2>/dev/null
echo "trace.py: $?"
