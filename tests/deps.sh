#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Install the Debian packages that are named and missing; say plainly what is missing where that is not possible.
set -u
missing=
for package in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
    installed) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "missing packages, and no apt-get to install them:$missing" >&2
    echo "install what your system calls these, then run make again" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=sudo
else
    echo "missing packages:$missing" >&2
    echo "neither root nor able to use sudo; ask an administrator to run:  apt-get install$missing" >&2
    exit 1
fi
echo "installing:$missing"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 && exit 0
$as_root apt-get update -q >/dev/null || echo "apt-get update failed; trying with the lists that are there" >&2
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null && exit 0
echo "could not install:$missing" >&2
exit 1
