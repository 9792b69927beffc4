# SPDX-License-Identifier: Apache-2.0
# User records of another length than the layout's: what lies before the difference is never lost, nothing is ever wrong.
python3 "$TOP/tests/recompute/shifted_records.py"
