# SPDX-License-Identifier: Apache-2.0
# Monitor commands, suspensions, flagged ends of interval, transactions and logoff.
python3 "$TOP/tests/scenarios/control.py"
