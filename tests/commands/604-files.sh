# SPDX-License-Identifier: Apache-2.0
# Several systems in one file, several files of one system, in any order.
python3 "$TOP/tests/scenarios/files.py"
