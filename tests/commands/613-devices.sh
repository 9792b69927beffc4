# SPDX-License-Identifier: Apache-2.0
# Devices of several subchannel sets: the whole subchannel id tells them apart.
python3 "$TOP/tests/scenarios/devices.py"
