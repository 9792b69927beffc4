#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Programs that come from npm, into a folder of the build, in the versions of package-lock.json.  Where npm cannot get
# them, their tests are left out and say so.
#
#   tests/consumers/install.sh FOLDER
set -u
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
if ! command -v npm >/dev/null 2>&1; then
    echo "there is no npm: the tests with programs from it are left out" >&2
    exit 0
fi
if cmp -s "$here/package-lock.json" "$folder/installed"; then
    exit 0
fi
mkdir -p "$folder" && cp "$here/package.json" "$here/package-lock.json" "$folder/" || exit 1
for try in 1 2 3; do
    if (cd "$folder" && timeout 300 npm install --no-audit --no-fund --loglevel=error >npm.log 2>&1); then
        cp "$here/package-lock.json" "$folder/installed"
        exit 0
    fi
done
echo "npm cannot install what package.json names; the tests with it are left out: $(tail -n 1 "$folder/npm.log")" >&2
