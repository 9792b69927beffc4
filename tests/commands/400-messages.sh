# SPDX-License-Identifier: Apache-2.0
# Every message is in the manual, word for word, and given by some code.
sh "$TOP/tests/check-messages.sh"
