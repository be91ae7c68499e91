/*
 * What the unit tests share: one arena for each test, short names for values as they are written,
 * assertions that show both sides as text, and a repeatable source of chance.
 */
#ifndef NOL_EXPECT_H
#define NOL_EXPECT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "date.h"
#include "decimal.h"
#include "fault.h"
#include "fraction.h"

/* --- one arena and one list of faults a test --- */

static struct arena expect_arena;
static struct faults expect_faults;

static inline int expect_setup(void **state)
{
    (void)state;
    arena_init(&expect_arena, NULL);
    faults_init(&expect_faults);
    return 0;
}

static inline int expect_teardown(void **state)
{
    (void)state;
    arena_free(&expect_arena);
    faults_free(&expect_faults);
    return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, expect_setup, expect_teardown)
#define RUN(tests) (cmocka_run_group_tests(tests, NULL, NULL) != 0)
#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* --- values as they are written --- */

/* A whole number of any size. */
static inline struct amount A(const char *digits) {
    mpz_t value;
    if (mpz_init_set_str(value, digits, 10) != 0)
        fail_msg("'%s' is no number", digits);
    struct amount amount = amount_from_mpz(&expect_arena, value);
    mpz_clear(value);
    return amount;
}

static inline struct date
D(const char *text) {
    struct date date = DATE_NONE;
    if (*text != '\0' && date_parse(text_of(text), &date) != FAULT_NONE)
        fail_msg("'%s' is no date", text);
    return date;
}

static inline const char *
amount_string(struct amount amount)
{
    char *text = arena_alloc(&expect_arena, amount_text_size(amount) + 1);
    *amount_write(text, amount, 0) = '\0';
    return text;
}

static inline const char *date_string(struct date date)
{
    if (!date_is_set(date))
        return "";
    return date_text(arena_alloc(&expect_arena, DATE_TEXT_LEN + 1), date);
}

static inline const char *text_string(struct text text)
{
    return arena_copy(&expect_arena, text.ptr, text.len);
}

/* --- assertions --- */

#define assert_amount(actual, expected) assert_string_equal(amount_string(actual), expected)
#define assert_date(actual, expected) assert_string_equal(date_string(actual), expected)
#define assert_text(actual, expected) assert_string_equal(text_string(actual), expected)
#define assert_code(actual, expected) assert_string_equal(fault_slug(actual), fault_slug(expected))

/* The faults noted so far as `slug line:col`, joined by `; `, in file order; then forget them. */
static inline const char *faults_string(void)
{
    size_t room = (size_t)expect_faults.count * 80 + 1, len = 0;
    char *out = arena_alloc(&expect_arena, room);
    *out = '\0';
    faults_sort(&expect_faults);
    for (unsigned i = 0; i < expect_faults.count; i++) {
        const struct fault *fault = &expect_faults.listed[i];
        len += (size_t)snprintf(out + len, room - len, "%s%s %u:%u", i == 0 ? "" : "; ",
                                fault_slug(fault->code), fault->at.line, fault->at.col);
    }
    faults_free(&expect_faults);
    return out;
}

/* The same without places. */
static inline const char *slugs_string(void)
{
    size_t room = (size_t)expect_faults.count * 40 + 1, len = 0;
    char *out = arena_alloc(&expect_arena, room);
    *out = '\0';
    faults_sort(&expect_faults);
    for (unsigned i = 0; i < expect_faults.count; i++)
        len += (size_t)snprintf(out + len, room - len, "%s%s", i == 0 ? "" : " ",
                                fault_slug(expect_faults.listed[i].code));
    faults_free(&expect_faults);
    return out;
}

#define assert_faults(expected) assert_string_equal(faults_string(), expected)

/* --- chance: the same for the same SEED --- */

static uint64_t chance_state;

static inline uint64_t chance(void) /* splitmix64 */
{
    uint64_t z = (chance_state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline uint64_t chance_seed(void)
{
    const char *seed = getenv("SEED");
    uint64_t value = seed == NULL ? 1 : strtoull(seed, NULL, 10);
    print_message("SEED=%llu\n", (unsigned long long)value);
    chance_state = value;
    chance_state = chance(); /* else the next seed gives the same numbers, one later */
    return value;
}

/* A whole number in low..high, both included. */
static inline int64_t chance_in(int64_t low, int64_t high)
{
    return low + (int64_t)(chance() % (uint64_t)(high - low + 1));
}

#endif
