/* budget.h: who is refused, in whatever order claims come in. */
#include "expect.h"

#include "budget.h"

static struct budget budget;
static struct sorter *sorter;
static struct buffer packed;

static int setup(void **state)
{
    (void)expect_setup(state);
    budget_init(&budget, NULL, 1);
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
    const struct budget_claim it = {.made = true,
                                    .program = text_of(program),
                                    .year = year,
                                    .agreed = D(agreed),
                                    .account_id = text_of(account),
                                    .amount = A(amount),
                                    .limited = *limit != '\0',
                                    .limit = *limit == '\0' ? AMOUNT_ZERO : A(limit),
                                    .freed = D(freed)};
    budget_pack(&packed, &it, 1);
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
    assert_non_null(budget_refused(&budget, 0, text_of("b")));
    assert_null(budget_refused(&budget, 0, text_of("a")));
    assert_null(budget_refused(&budget, 0, text_of("zz")));
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
    assert_null(budget_refused(&budget, 0, text_of("a")));
}

/* --- several sides --- */

/* One claim of all sides: each limit, `-` without one, `x` where nothing is claimed. */
static void claim_sides(const char *agreed, const char *account, const char *amount,
                        const char *freed, const char *const *limits, unsigned sides)
{
    struct budget_claim *claims = ARENA_ARRAY(&expect_arena, struct budget_claim, sides);
    for (unsigned i = 0; i < sides; i++)
        if (strcmp(limits[i], "x") != 0)
            claims[i] =
                (struct budget_claim){.made = true,
                                      .program = text_of("p"),
                                      .year = 2025,
                                      .agreed = D(agreed),
                                      .account_id = text_of(account),
                                      .amount = A(amount),
                                      .limited = strcmp(limits[i], "-") != 0,
                                      .limit = A(strcmp(limits[i], "-") != 0 ? limits[i] : "0"),
                                      .freed = D(freed)};
    budget_pack(&packed, claims, sides);
}

/* The accounts that a side refuses, with blanks between them. */
static const char *refused_on(unsigned side)
{
    char *out = arena_alloc(&expect_arena, budget.count * 20 + 1), *end = out;
    *out = '\0';
    for (size_t i = 0; i < budget.count; i++)
        if (budget_refused(&budget, side, budget.list[i].account_id) != NULL)
            end +=
                sprintf(end, "%s%s", end == out ? "" : " ", text_string(budget.list[i].account_id));
    return out;
}

/* Each side by its own limits: as it was; less; no budget; b refused for another reason. */
static void test_sides(void **state)
{
    static const char *const limits[] = {"1000", "500", "-", "1000"};
    static const char *const without[] = {"1000", "500", "-", "x"};
    static const char *const nowhere[] = {"x", "x", "x", "x"};
    (void)state;
    budget_free(&budget);
    budget_init(&budget, NULL, 4);
    claim_sides("2025-01-01", "a", "600", "", limits, 4);  /* 600, refused, 600, 600 */
    claim_sides("2025-01-02", "b", "400", "", without, 4); /* 1000, 400, 1000, nothing */
    claim_sides("2025-01-03", "c", "101", "", limits, 4);  /* refused, refused, 1101, 701 */
    claim_sides("2025-01-04", "d", "100", "", limits, 4);  /* refused, 500, 1201, 801 */
    claim_sides("2025-01-05", "e", "100", "", nowhere, 4);
    assert_string_equal(refused(), "a 0 500; c 1000 1000; d 1000 1000");
    assert_string_equal(refused_on(0), "c d");
    assert_string_equal(refused_on(1), "a c");
    assert_string_equal(refused_on(2), "");
    assert_string_equal(refused_on(3), "");
}

/* What is cancelled is free again where it had been taken, and only there. */
static void test_sides_freed(void **state)
{
    static const char *const limits[] = {"1000", "500"};
    (void)state;
    budget_free(&budget);
    budget_init(&budget, NULL, 2);
    claim_sides("2025-01-01", "a", "600", "2025-02-01", limits, 2); /* 600; refused */
    claim_sides("2025-01-02", "b", "400", "", limits, 2);           /* 1000; 400 */
    claim_sides("2025-02-01", "c", "150", "", limits, 2);           /* 550; refused at 400 */
    claim_sides("2025-02-02", "d", "450", "", limits, 2);           /* 1000; refused at 400 */
    claim_sides("2025-02-03", "e", "100", "", limits, 2);           /* refused; 500 */
    (void)refused();
    assert_string_equal(refused_on(0), "e");
    assert_string_equal(refused_on(1), "a c d");
}

/* As many sides as there may be, each with a limit of its own: the first 99 are below 100. */
static void test_many_sides(void **state)
{
    const char *limits[BUDGET_SIDES_MAX];
    (void)state;
    budget_free(&budget);
    budget_init(&budget, NULL, BUDGET_SIDES_MAX);
    for (unsigned i = 0; i < BUDGET_SIDES_MAX; i++) {
        char *limit = arena_alloc(&expect_arena, 8);
        (void)snprintf(limit, 8, "%u", i + 1);
        limits[i] = limit;
    }
    claim_sides("2025-01-01", "a", "100", "", limits, BUDGET_SIDES_MAX);
    (void)refused();
    for (unsigned i = 0; i < BUDGET_SIDES_MAX; i++)
        assert_string_equal(refused_on(i), i < 99 ? "a" : "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {BUDGET_TEST(test_order),     BUDGET_TEST(test_freed),
                                       BUDGET_TEST(test_extremes),  BUDGET_TEST(test_nothing),
                                       BUDGET_TEST(test_sides),     BUDGET_TEST(test_sides_freed),
                                       BUDGET_TEST(test_many_sides)};
    return RUN(tests);
}
