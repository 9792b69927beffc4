# SPDX-License-Identifier: Apache-2.0
. "$TOP/tests/lib.sh"
# The header stands alone, in C and in C++, and at least half of it is contract.
echo '#include "monreduce_exit.h"' >c.c
echo 'static int unused; int use(void); int use(void) { return unused; }' >>c.c
sed 's/(void)/()/g' c.c >cpp.cpp
for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    $compiler -std=c99 -Wall -Wextra -Wpedantic -Werror -I"$TOP/exits" -c -o c.o c.c || echo "$compiler fails"
    $compiler -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$TOP/exits" -c -o c.o c.c || echo "$compiler fails"
done
for compiler in g++ clang++; do
    command -v $compiler >/dev/null || continue
    $compiler -std=c++11 -Wall -Wextra -Wpedantic -Werror -I"$TOP/exits" -c -o cpp.o cpp.cpp 2>err ||
        { grep -q 'error: .*not found\|No such file' err || { echo "$compiler fails"; cat err; }; }
done
grep '^#include' "$TOP/exits/monreduce_exit.h"
awk '/\/\*/ { inside = 1 } { all++; comment += inside } /\*\// { inside = 0 }
     END { print (comment * 2 >= all ? "half of it is contract" : "too few comments") }' "$TOP/exits/monreduce_exit.h"
# Members keep their places: what was there at 1.0 is where it was.
offsets()
{
    {
        echo '#include <stdio.h>'
        echo "#include \"$1\""
        echo 'int main(void) {'
        # Function members of the host look like (*name)(; hooks like *name; others by hand.
        sed -n '/^struct mr_exit_host {/,/^};/s/.*(\*\([a-z_]*\))(.*/printf("host \1 %zu,", offsetof(struct mr_exit_host, \1));/p' \
            "$TOP/tests/exits/frozen/monreduce_exit_1_0.h"
        sed -n '/^struct mr_exit {/,/^};/s/^ *mr_exit_[a-z]*_hook \*\([a-z_]*\);.*/printf("exit \1 %zu,", offsetof(struct mr_exit, \1));/p' \
            "$TOP/tests/exits/frozen/monreduce_exit_1_0.h"
        echo 'printf("%zu ", offsetof(struct mr_exit, data)); printf("%zu", offsetof(struct mr_exit, close)); }'
    } >offsets.c
    ${CC:-cc} -o offsets offsets.c && ./offsets
}
offsets "$TOP/tests/exits/frozen/monreduce_exit_1_0.h" >old
offsets "$TOP/exits/monreduce_exit.h" >new
tr ',' '\n' <old | wc -l
cmp old new && echo "members keep their places"
