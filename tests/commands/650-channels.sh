# SPDX-License-Identifier: Apache-2.0
# Channel paths: 0/9, 0/18 and both joined, and the three measurement groups of 0/20.
python3 "$TOP/tests/scenarios/channels.py"
