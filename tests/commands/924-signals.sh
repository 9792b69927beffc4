# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# SIGINT and SIGTERM: the interval is finished, all is closed, return code 8; in files and pipes, with threads.
needs_faults
python3 "$TOP/tests/faults/signals.py"
