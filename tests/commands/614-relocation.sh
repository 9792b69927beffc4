# SPDX-License-Identifier: Apache-2.0
# Guests that move to another system and come back.
python3 "$TOP/tests/scenarios/relocation.py"
