# SPDX-License-Identifier: Apache-2.0
# Random stories of users, processors and devices that come and go, worked out again.
python3 "$TOP/tests/recompute/stories.py" 40 2>/dev/null
