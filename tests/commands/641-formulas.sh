# SPDX-License-Identifier: Apache-2.0
# Every derived column worked out again with other arithmetic; blanks where the base is zero or a part is missing.
"$MONSAMPLE" "$TOP/tests/scenarios/formulas.scn" all.mon
python3 "$TOP/tests/scenarios/formulas.py" all.mon 0
