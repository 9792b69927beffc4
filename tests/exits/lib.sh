# SPDX-License-Identifier: Apache-2.0
# For the command tests of user exits: sourced after tests/lib.sh.

# What comes with the program; sanitizer builds have their own.
EXITS=$(dirname "$MONREDUCE")/exits
umask 022

# compile NAME [SOURCE] [OPTION]...: NAME.so here from SOURCE (tests/exits/NAME.c), as a site would do it.
compile()
{
    name=$1
    source=${2:-$TOP/tests/exits/$1.c}
    [ $# -gt 1 ] && shift
    shift
    ${CC:-cc} -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror -O1 -shared -fPIC -I"$TOP/exits" "$@" \
        -o "$name.so" "$source"
}
