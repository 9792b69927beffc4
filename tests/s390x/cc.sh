#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A C compiler for s390x whose programs run here: behind each is a script of its name that starts the emulator, so that
# nothing needs to know, and the system needs no entry for foreign programs.
#
#   S390X_ROOT=FOLDER tests/s390x/cc.sh ARGUMENT...
set -eu
program=a.out
links=yes
take=
for argument in "$@"; do
    if [ -n "$take" ]; then
        program=$argument
        take=
    fi
    case $argument in
    -o) take=yes ;;
    -c | -S | -E | -M | -MM | -shared) links= ;;
    esac
done
${S390X_CC:-s390x-linux-gnu-gcc} --sysroot="$S390X_ROOT" "$@"
[ -n "$links" ] && [ -f "$program" ] || exit 0
folder=$(cd "$(dirname "$program")" && pwd)
name=$(basename "$program")
mv "$program" "$folder/$name.s390x"
cat >"$program" <<SCRIPT
#!/bin/sh
exec qemu-s390x -L "$S390X_ROOT" -0 "\$0" "$folder/$name.s390x" "\$@"
SCRIPT
chmod 755 "$program"
