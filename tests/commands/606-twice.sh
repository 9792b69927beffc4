# SPDX-License-Identifier: Apache-2.0
# The same data again is used once; other data at the same time is a step of the clock, and is used.
python3 "$TOP/tests/scenarios/twice.py"
