# SPDX-License-Identifier: Apache-2.0
# Gaps, IPL, reconnection and changed intervals: QUALITY and DURATION of each row.
python3 "$TOP/tests/scenarios/stream.py"
