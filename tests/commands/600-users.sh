# SPDX-License-Identifier: Apache-2.0
# Logoff and logon, virtual processors detached and defined: differences begin anew.
python3 "$TOP/tests/scenarios/users.py"
