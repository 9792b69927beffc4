/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MR_TESTS_S390X_CRITERION_H
#define MR_TESTS_S390X_CRITERION_H

/*
 * The part of Criterion that the unit tests use, for s390x, where there is no Criterion: the library under it knows no
 * such processor.  The tests run one after the other, each in a process of its own.
 */
#include <stdbool.h>
#include <string.h>

struct stand_in_options {
    void (*init)(void);
    void (*fini)(void);
    double timeout;
    int last;
};

struct stand_in_test {
    const char *suite, *name; /* name NULL: options of the suite */
    void (*run)(void);
    struct stand_in_options options;
    struct stand_in_test *next;
};

void stand_in_add(struct stand_in_test *test);
void stand_in_check(bool holds, bool fatal, const char *file, int line, const char *text, const char *format, ...);
void stand_in_skip(const char *format, ...);
void stand_in_log(const char *format, ...);

#define STAND_IN_ADD(SUITE, NAME, ID, RUN, ...)                                                                       \
    static struct stand_in_test ID##_entry = {SUITE, NAME, RUN, {__VA_ARGS__}, NULL};                                 \
    __attribute__((constructor)) static void ID##_add(void)                                                           \
    {                                                                                                                 \
        stand_in_add(&ID##_entry);                                                                                    \
    }

#define Test(...) STAND_IN_TEST(__VA_ARGS__, .last = 0)
#define STAND_IN_TEST(SUITE, NAME, ...)                                                                               \
    static void SUITE##_##NAME##_run(void);                                                                           \
    STAND_IN_ADD(#SUITE, #NAME, SUITE##_##NAME, SUITE##_##NAME##_run, __VA_ARGS__)                                    \
    static void SUITE##_##NAME##_run(void)

#define TestSuite(...) STAND_IN_SUITE(__VA_ARGS__, .last = 0)
#define STAND_IN_SUITE(SUITE, ...)                                                                                    \
    STAND_IN_ADD(#SUITE, NULL, SUITE##_suite, NULL, __VA_ARGS__) struct stand_in_test

/* The last "" stands where no text is given; behind a text it is an argument too many, which does no harm. */
#define STAND_IN_ONE(FATAL, NOT, A, ...) stand_in_check(NOT(A), FATAL, __FILE__, __LINE__, #NOT "(" #A ")", __VA_ARGS__)
#define STAND_IN_TWO(FATAL, OP, A, B, ...)                                                                            \
    stand_in_check((A)OP(B), FATAL, __FILE__, __LINE__, #A " " #OP " " #B, __VA_ARGS__)
#define STAND_IN_STR(FATAL, OP, A, B, ...)                                                                            \
    stand_in_check(strcmp(A, B) OP 0, FATAL, __FILE__, __LINE__, #A " " #OP " " #B, __VA_ARGS__)

#define STAND_IN_BYTES(FATAL, A, B, SIZE, ...)                                                                        \
    stand_in_check(memcmp(A, B, SIZE) == 0, FATAL, __FILE__, __LINE__, "bytes " #A " == " #B, __VA_ARGS__)
#define STAND_IN_FLOAT(FATAL, A, B, APART, ...)                                                                       \
    stand_in_check((A) - (B) <= (APART) && (B) - (A) <= (APART), FATAL, __FILE__, __LINE__, #A " == " #B, __VA_ARGS__)

/* Each in two forms: cr_assert ends the test, cr_expect goes on. */
#define cr_assert(...) STAND_IN_ONE(true, !!, __VA_ARGS__, "")
#define cr_assert_not(...) STAND_IN_ONE(true, !, __VA_ARGS__, "")
#define cr_assert_null(...) STAND_IN_ONE(true, NULL ==, __VA_ARGS__, "")
#define cr_assert_not_null(...) STAND_IN_ONE(true, NULL !=, __VA_ARGS__, "")
#define cr_assert_eq(...) STAND_IN_TWO(true, ==, __VA_ARGS__, "")
#define cr_assert_neq(...) STAND_IN_TWO(true, !=, __VA_ARGS__, "")
#define cr_assert_lt(...) STAND_IN_TWO(true, <, __VA_ARGS__, "")
#define cr_assert_leq(...) STAND_IN_TWO(true, <=, __VA_ARGS__, "")
#define cr_assert_gt(...) STAND_IN_TWO(true, >, __VA_ARGS__, "")
#define cr_assert_geq(...) STAND_IN_TWO(true, >=, __VA_ARGS__, "")
#define cr_assert_str_eq(...) STAND_IN_STR(true, ==, __VA_ARGS__, "")
#define cr_assert_str_neq(...) STAND_IN_STR(true, !=, __VA_ARGS__, "")
#define cr_assert_str_empty(...) STAND_IN_ONE(true, 0 == *, __VA_ARGS__, "")
#define cr_assert_str_not_empty(...) STAND_IN_ONE(true, 0 != *, __VA_ARGS__, "")
#define cr_assert_arr_eq(...) STAND_IN_BYTES(true, __VA_ARGS__, "")
#define cr_assert_float_eq(...) STAND_IN_FLOAT(true, __VA_ARGS__, "")
#define cr_expect(...) STAND_IN_ONE(false, !!, __VA_ARGS__, "")
#define cr_expect_not(...) STAND_IN_ONE(false, !, __VA_ARGS__, "")
#define cr_expect_null(...) STAND_IN_ONE(false, NULL ==, __VA_ARGS__, "")
#define cr_expect_not_null(...) STAND_IN_ONE(false, NULL !=, __VA_ARGS__, "")
#define cr_expect_eq(...) STAND_IN_TWO(false, ==, __VA_ARGS__, "")
#define cr_expect_neq(...) STAND_IN_TWO(false, !=, __VA_ARGS__, "")
#define cr_expect_lt(...) STAND_IN_TWO(false, <, __VA_ARGS__, "")
#define cr_expect_leq(...) STAND_IN_TWO(false, <=, __VA_ARGS__, "")
#define cr_expect_gt(...) STAND_IN_TWO(false, >, __VA_ARGS__, "")
#define cr_expect_geq(...) STAND_IN_TWO(false, >=, __VA_ARGS__, "")
#define cr_expect_str_eq(...) STAND_IN_STR(false, ==, __VA_ARGS__, "")
#define cr_expect_str_neq(...) STAND_IN_STR(false, !=, __VA_ARGS__, "")
#define cr_expect_str_empty(...) STAND_IN_ONE(false, 0 == *, __VA_ARGS__, "")
#define cr_expect_str_not_empty(...) STAND_IN_ONE(false, 0 != *, __VA_ARGS__, "")
#define cr_expect_arr_eq(...) STAND_IN_BYTES(false, __VA_ARGS__, "")
#define cr_expect_float_eq(...) STAND_IN_FLOAT(false, __VA_ARGS__, "")
#define cr_expect_fail(...) stand_in_check(false, false, __FILE__, __LINE__, "", __VA_ARGS__)
#define cr_fail(...) stand_in_check(false, true, __FILE__, __LINE__, "", __VA_ARGS__, "")
#define cr_assert_fail(...) stand_in_check(false, true, __FILE__, __LINE__, "", __VA_ARGS__)
#define cr_skip_test(...) stand_in_skip(__VA_ARGS__)
#define cr_log_info(...) stand_in_log(__VA_ARGS__)
#define cr_log_warn(...) stand_in_log(__VA_ARGS__)
#define cr_log_error(...) stand_in_log(__VA_ARGS__)

#endif
