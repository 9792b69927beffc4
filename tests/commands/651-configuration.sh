# SPDX-License-Identifier: Apache-2.0
# Rows of the configuration and of its events, and the joined rows of processors and cached devices.
python3 "$TOP/tests/scenarios/configuration.py"
