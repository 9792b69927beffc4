/* SPDX-License-Identifier: Apache-2.0 */
#include "domains/expression_code.h"

static bool is_operand(const struct instruction *in)
{
    return in->operation <= OP_BYTES;
}

/* either() of two columns of whole numbers, code[at] */
static bool is_either_of_columns(const struct instruction *code, size_t at)
{
    return at >= 2 && code[at].operation == OP_EITHER && code[at - 1].operation == OP_UINT &&
           code[at - 2].operation == OP_UINT;
}

/* All else that looks on has to see missing values as such. */
static bool is_plain(const struct mr_expression *e)
{
    for (size_t i = 0; i < e->code_count; i++) {
        if (e->code[i].operation == OP_IF || (e->code[i].operation == OP_EITHER && !is_either_of_columns(e->code, i)))
            return false;
    }
    return true;
}

/* Behind used instructions of shorter code, the next one; returns how many there are then. */
static size_t add(struct instruction *code, size_t used, struct instruction next)
{
    if (is_operand(&next)) {
        next.load = next.operation;
        next.operation = OP_PUSH;
    } else if (next.operation == OP_EITHER) {
        code[used - 2].other = code[used - 1].column;
        code[used - 2].load = LOAD_EITHER;
        return used - 1;
    } else if (next.operation == OP_MINUS || next.operation == OP_NOT) {
        next.load = LOAD_NONE;
    } else if (code[used - 1].operation == OP_PUSH) {
        code[used - 1].operation = next.operation;
        return used;
    } else {
        next.load = LOAD_STACK;
    }
    code[used] = next;
    return used + 1;
}

void mr_expression_fuse(struct mr_expression *e)
{
    size_t used = 0;

    e->plain = is_plain(e);
    if (!e->plain)
        return;
    for (size_t i = 0; i < e->code_count; i++)
        used = add(e->code, used, e->code[i]);
    e->code_count = used;
}
