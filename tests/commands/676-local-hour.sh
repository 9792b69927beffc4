# SPDX-License-Identifier: Apache-2.0
# An hour that comes twice with other content is two hours; one that comes twice with the same is one.
python3 "$TOP/tests/scenarios/local_hour.py"
