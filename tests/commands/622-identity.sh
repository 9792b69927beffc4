# SPDX-License-Identifier: Apache-2.0
# systems.csv: serial numbers, alternates, names, verify, and faults in the file.
python3 "$TOP/tests/scenarios/identity.py"
