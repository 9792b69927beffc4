# SPDX-License-Identifier: Apache-2.0
# Counters that wrap, fall or run backwards, and records that are shorter or longer than the layout.
python3 "$TOP/tests/scenarios/wraps.py"
