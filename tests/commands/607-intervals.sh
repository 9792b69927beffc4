# SPDX-License-Identifier: Apache-2.0
# MONITOR commands, collectors with a pace of their own, event data only, a configuration set without its end.
python3 "$TOP/tests/scenarios/intervals.py"
