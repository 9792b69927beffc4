# SPDX-License-Identifier: Apache-2.0
# Missing configuration records one by one, a suspension at the front, and --strict.
python3 "$TOP/tests/scenarios/missing.py"
