# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
mkdir folder.mon
run reduce folder.mon
run census folder.mon
if [ "$(id -u)" != 0 ]; then
    small secret.mon
    chmod 0 secret.mon
    run census secret.mon
else
    # root reads everything
    echo '$ monreduce census secret.mon'
    echo 'MRD0101S secret.mon: cannot open this input: Permission denied. Check the name and the permissions'
    echo 'return code 12'
fi
