#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The C library and the libraries of the build for s390x, unpacked into ROOT.  Nothing of the system is changed: apt-get
# works on folders of its own beside ROOT and only downloads, and no package is installed.
#
#   tests/s390x/root.sh ROOT PACKAGE...
set -eu
root=$1
shift
[ -f "$root/complete" ] && [ "$(cat "$root/complete")" = "$*" ] && exit 0
rm -rf "$root"
mkdir -p "$root"
root=$(cd "$root" && pwd)
apt=$root/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
: >"$apt/status"

private()
{
    apt-get -q -o APT::Architecture=s390x -o APT::Architectures::=s390x -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" \
        -o Dir::State::status="$apt/status" -o Dir::Cache="$apt" -o Dir::Cache::Archives="$apt/archives" \
        -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@" >"$apt/log" 2>&1 || {
        tail -n 20 "$apt/log" >&2
        exit 1
    }
}
echo "fetching the libraries for s390x"
private update
private -d -y --no-install-recommends install libc6-dev linux-libc-dev libgcc-s1 "$@"
for package in "$apt"/archives/*.deb; do
    dpkg-deb -x "$package" "$root"
done
rm -rf "$apt"
printf '%s' "$*" >"$root/complete"
