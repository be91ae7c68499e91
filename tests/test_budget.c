/* budget.h: who is refused, in whatever order claims come in. */
#include "expect.h"

#include "budget.h"

static struct budget budget;
static struct sorter *sorter;
static struct buffer packed;

static int setup(void **state)
{
    (void)expect_setup(state);
    budget_init(&budget, NULL);
    sorter = sorter_new(NULL, SORTER_BYTES_MIN, "/tmp", &expect_faults);
    buffer_init(&packed, NULL);
    return 0;
}

static int teardown(void **state)
{
    budget_free(&budget);
    sorter_free(sorter);
    buffer_free(&packed);
    return expect_teardown(state);
}

#define BUDGET_TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static void claim(const char *program, const char *agreed, const char *account, const char *amount,
                  const char *limit, const char *freed)
{
    int year, month, day;
    date_split(D(agreed), &year, &month, &day);
    const struct budget_claim it = {.program = text_of(program),
                                    .year = year,
                                    .agreed = D(agreed),
                                    .account_id = text_of(account),
                                    .amount = A(amount),
                                    .limited = *limit != '\0',
                                    .limit = *limit == '\0' ? AMOUNT_ZERO : A(limit),
                                    .freed = D(freed)};
    budget_pack(&packed, &it);
}

/* `account taken limit`, joined by `; `. */
static const char *refused(void)
{
    assert_true(sorter_add_packed(sorter, (struct text){packed.bytes, packed.len}));
    assert_true(budget_judge(&budget, sorter));
    char *out = arena_alloc(&expect_arena, budget.count * 100 + 1), *end = out;
    *out = '\0';
    for (size_t i = 0; i < budget.count; i++)
        end +=
            sprintf(end, "%s%s %s %s", i == 0 ? "" : "; ", text_string(budget.list[i].account_id),
                    amount_string(budget.list[i].taken), amount_string(budget.list[i].limit));
    return out;
}

/* By day, then account; what is refused takes nothing; each program and year by itself. */
static void test_order(void **state)
{
    (void)state;
    claim("p", "2025-02-01", "c", "400", "1000", "");
    claim("p", "2025-02-01", "b", "500", "1000", "");
    claim("p", "2025-02-01", "a", "600", "1000", "");
    claim("p", "2025-01-01", "z", "1", "1000", "");
    claim("p", "2024-12-31", "y", "1000", "1000", "");
    claim("q", "2025-01-01", "x", "1001", "1000", "");
    assert_string_equal(refused(), "b 601 1000; c 601 1000; x 0 1000");
    assert_non_null(budget_refused(&budget, text_of("b")));
    assert_null(budget_refused(&budget, text_of("a")));
    assert_null(budget_refused(&budget, text_of("zz")));
}

/* Taken until the day before its cancellation; awards without a limit count as well. */
static void test_freed(void **state)
{
    (void)state;
    claim("p", "2025-01-01", "a", "600", "", "2025-03-10");
    claim("p", "2025-01-02", "b", "300", "1000", "2025-02-01");
    claim("p", "2025-01-31", "c", "101", "1000", "");
    claim("p", "2025-02-01", "d", "400", "1000", "");
    claim("p", "2025-03-09", "e", "1", "1000", "");
    claim("p", "2025-03-10", "f", "600", "1000", "");
    claim("p", "2025-03-11", "g", "1", "0", "");
    assert_string_equal(refused(), "c 900 1000; e 1000 1000; g 1000 0");
}

/* Days before 1970 sort as they should, and amounts of any size. */
static void test_extremes(void **state)
{
    (void)state;
    claim("p", "1900-01-02", "b", "999999999999999999999999999999",
          "999999999999999999999999999999", "");
    claim("p", "1900-01-01", "a", "1", "1", "");
    assert_string_equal(refused(), "b 1 999999999999999999999999999999");
}

static void test_nothing(void **state)
{
    (void)state;
    assert_string_equal(refused(), "");
    assert_null(budget_refused(&budget, text_of("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {BUDGET_TEST(test_order), BUDGET_TEST(test_freed),
                                       BUDGET_TEST(test_extremes), BUDGET_TEST(test_nothing)};
    return RUN(tests);
}
