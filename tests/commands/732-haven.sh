# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# SAS transport files as R's haven reads them.
command -v Rscript >/dev/null 2>&1 || skip "there is no R"
Rscript --vanilla -e 'library(haven)' >/dev/null 2>&1 || skip "R has no haven"
for scene in day quirks; do
    "$MONSAMPLE" "$TOP/samples/$scene.scn" x.mon >/dev/null
    "$MONREDUCE" reduce -q -o csv x.mon
    "$MONREDUCE" reduce -q -f xpt -o xpt x.mon
    echo "$scene"
    Rscript --vanilla "$TOP/tests/consumers/haven.R" csv xpt
    rm -rf csv xpt
done
