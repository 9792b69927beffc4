# SPDX-License-Identifier: Apache-2.0
# Application data of Linux guests: kernel records, file systems, processes, data anywhere in the record.
python3 "$TOP/tests/scenarios/linux.py"
