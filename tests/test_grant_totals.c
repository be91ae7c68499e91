/* grant_totals.h: sums and program-years of groups. */
#include "give.h"

#include "grant_totals.h"

static const struct amount *figures(int64_t paid)
{
    struct amount *figure = ARENA_ARRAY(&expect_arena, struct amount, GRANT_FIGURES);
    figure[GRANT_PAID] = amount_of(paid);
    return figure;
}

static struct grant_year year(const char *program, int32_t number, const char *budget)
{
    return (struct grant_year){text_of(program), number, D("2026-01-01"), true, A(budget)};
}

static void test_each_year_once(void **unused)
{
    (void)unused;
    struct grant_totals a = {0}, b = {0};
    struct grant_year first = year("p", 2026, "100"), second = year("p", 2025, "7");
    struct grant_year third = year("o", 2026, "1000");
    grant_totals_add(&a, &expect_arena, figures(5), &first);
    grant_totals_add(&a, &expect_arena, figures(6), &first);
    grant_totals_add(&b, &expect_arena, figures(1), &second);
    grant_totals_add(&b, &expect_arena, figures(1), &first);
    grant_totals_add(&b, &expect_arena, figures(1), &third);
    grant_totals_add(&b, &expect_arena, figures(1), NULL);
    grant_totals_merge(&a, &expect_arena, &b);
    assert_int_equal(a.count, 6);
    assert_amount(amount_sum_value(&expect_arena, &a.figure[GRANT_PAID]), "15");
    grant_totals_sort(&a);
    assert_int_equal(a.year_count, 3);
    assert_text(a.years[0].program, "o");
    assert_int_equal(a.years[1].year, 2025);
    grant_totals_clear(&a);
    grant_totals_clear(&b);
}

#define BUDGET                                                                                     \
    "nol: rules/1\nkind: grant\nid: give\ntitle: A giver\nstatus: illustrative\n"                  \
    "currency: {code: IDR, decimals: 0}\nin_force: 2020-01-01\n"                                   \
    "award: {min: 100, max: 1_000_000, budget: {2024: 5_000}}\n"                                   \
    "tranches: [{id: T1, remainder: true, release: agreement}]\n"                                  \
    "amendments:\n"                                                                                \
    "  - {from: 2024-10-01, set: [{path: award.budget.2024, was: 5_000, value: 6_000}]}\n"         \
    "  - {from: 2025-06-01, set: [{path: award.budget, was: {2024: 6000}, value: absent}]}\n"

/* Each grant by the rules of its own agreement. */
static void test_year_of_a_grant(void **unused)
{
    static const struct {
        const char *agreed, *budget;
        bool budgeted;
    } cases[] = {{"2024-09-30", "5000", true},
                 {"2024-10-01", "6000", true},
                 {"2025-03-01", "0", true},
                 {"2025-06-01", "0", false}};
    (void)unused;
    struct grant *grant = give_grant(BUDGET, "1000");
    for (unsigned i = 0; i < COUNT_OF(cases); i++) {
        grant->agreed = D(cases[i].agreed);
        grant->rules = program_at(grant->program, grant->agreed);
        struct grant_year found = grant_year_of(grant);
        assert_int_equal(found.year, i < 2 ? 2024 : 2025);
        assert_text(found.program, "give");
        assert_amount(found.budget, cases[i].budget);
        assert_int_equal(found.budgeted, cases[i].budgeted);
    }
}

/* The budget is that of the latest agreement, whatever the order. */
static void test_latest_agreement(void **unused)
{
    (void)unused;
    struct grant_totals a = {0}, b = {0};
    struct grant_year early = year("p", 2026, "100"), late = year("p", 2026, "90");
    late.agreed = D("2026-02-01");
    grant_totals_add_year(&a, &expect_arena, &early);
    grant_totals_add_year(&a, &expect_arena, &late);
    grant_totals_add_year(&b, &expect_arena, &late);
    grant_totals_add_year(&b, &expect_arena, &early);
    assert_int_equal(a.year_count, 1);
    assert_amount(a.years[0].budget, "90");
    assert_amount(b.years[0].budget, "90");
    early.year = 2025;
    assert_null(grant_totals_year(&a, &early));
}

int main(void)
{
    const struct CMUnitTest tests[] = {LEND_TEST(test_each_year_once),
                                       LEND_TEST(test_year_of_a_grant),
                                       LEND_TEST(test_latest_agreement)};
    return RUN(tests);
}
