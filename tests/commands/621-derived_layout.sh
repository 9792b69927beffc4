# SPDX-License-Identifier: Apache-2.0
# 4/3: from the first field that cannot be what it is taken for, all of the record is blank.
python3 "$TOP/tests/scenarios/derived_layout.py"
