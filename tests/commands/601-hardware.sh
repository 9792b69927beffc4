# SPDX-License-Identifier: Apache-2.0
# Processors and devices varied off and on, a subchannel with another device: differences begin anew.
python3 "$TOP/tests/scenarios/hardware.py"
