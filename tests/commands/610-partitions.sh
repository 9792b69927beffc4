# SPDX-License-Identifier: Apache-2.0
# Logical processors and partitions: sums, shares, entries packed and aligned, hostile places.
python3 "$TOP/tests/scenarios/partitions.py"
