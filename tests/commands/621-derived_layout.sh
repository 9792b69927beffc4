# SPDX-License-Identifier: Apache-2.0
# 4/3: of a record that cannot be what it is taken for, all behind the trusted part is blank.
python3 "$TOP/tests/scenarios/derived_layout.py"
