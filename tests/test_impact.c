/* impact.h: accounts before and after, folded; parts put together are the whole. */
#include "give.h"

#include "impact.h"

static const enum outcome_figure outstanding =
    (enum outcome_figure)(OUTCOME_AMOUNTS + FIGURE_OUTSTANDING);

static void add(struct impact *impact, const char *id, int64_t before, int64_t after, bool refused)
{
    const struct outcome_owner owner = {.account_id = text_of(id),
                                        .program = lend_program(LEND_RULES)};
    struct outcome was = {.exists = true}, is = {.exists = true, .refused = refused};
    was.position.figure[FIGURE_OUTSTANDING] = amount_of(before);
    is.position.figure[FIGURE_OUTSTANDING] = amount_of(after);
    impact_add(impact, &expect_arena, &owner, &was, &is);
}

static const struct impact_group *all_of(struct impact *impact)
{
    return (const struct impact_group *)group_table_sorted(&impact->groups)[0];
}

static void check_all(struct impact *impact)
{
    const struct impact_group *all = all_of(impact);
    const struct impact_figure *figure = &all->figure[outstanding];
    assert_int_equal(all->count[OUTCOME_OF_LOANS].accounts, 4);
    assert_int_equal(all->count[OUTCOME_OF_GRANTS].accounts, 0);
    assert_int_equal(all->winners, 1);
    assert_int_equal(all->losers, 1);
    assert_int_equal(all->count[OUTCOME_OF_LOANS].refused_after, 1);
    assert_int_equal(figure->up, 1);
    assert_int_equal(figure->down, 2);
    assert_int_equal(figure->unchanged, 1);
    assert_string_equal(amount_string(amount_sum_value(&expect_arena, &figure->before)), "1000");
    assert_string_equal(amount_string(amount_sum_value(&expect_arena, &figure->after)), "650");
}

/* a pays 50 less, b 100 more, c is the same, d, of 400, is refused. */
static void test_fold(void **state)
{
    struct impact whole, part, other;
    (void)state;
    impact_init(&whole, NULL, 2, outstanding);
    impact_init(&part, NULL, 2, outstanding);
    impact_init(&other, NULL, 2, outstanding);
    add(&whole, "a", 100, 50, false), add(&part, "a", 100, 50, false);
    add(&whole, "b", 200, 300, false), add(&other, "b", 200, 300, false);
    add(&whole, "c", 300, 300, false), add(&part, "c", 300, 300, false);
    add(&whole, "d", 400, 0, true), add(&other, "d", 400, 0, true);
    check_all(&whole);
    impact_merge(&part, &other);
    check_all(&part);
    assert_int_equal(part.top_count, 3);
    assert_string_equal(text_string(part.top[0].account_id), "d");
    assert_string_equal(text_string(part.top[1].account_id), "b");
    assert_string_equal(text_string(part.top[2].account_id), "a");
    impact_free(&whole);
    impact_free(&part);
    impact_free(&other);
}

/* The most moved ten, whatever the order in which they come; ties by account. */
static void test_top(void **state)
{
    struct impact impact;
    char id[32];
    (void)state;
    impact_init(&impact, NULL, 2, outstanding);
    for (int i = 0; i < 100; i++) {
        int nth = i * 37 % 100;
        (void)snprintf(id, sizeof id, "%02d", nth);
        add(&impact, id, 1000, 1000 + nth / 2, false);
    }
    assert_int_equal(impact.top_count, IMPACT_TOP);
    for (int i = 0; i < IMPACT_TOP; i++) {
        (void)snprintf(id, sizeof id, "%02d", 98 - i / 2 * 2 + i % 2);
        assert_string_equal(text_string(impact.top[i].account_id), id);
    }
    impact_free(&impact);
}

/* Grants beside loans: the same group, figures of their own, and none of them wins or loses by a
 * measure of loans. */
static void test_kinds(void **state)
{
    struct impact impact;
    const struct outcome_owner owner = {
        .of = OUTCOME_OF_GRANTS, .account_id = text_of("g"), .program = lend_program(GIVE_RULES)};
    struct outcome was = {.exists = true, .of = OUTCOME_OF_GRANTS}, is = was;
    (void)state;
    was.grant.clawback = amount_of(70);
    was.grant.figure[GRANT_PROVISION] = amount_of(7);
    impact_init(&impact, NULL, 1, outstanding);
    add(&impact, "a", 100, 50, false);
    impact_add(&impact, &expect_arena, &owner, &was, &is);
    const struct impact_group *all = all_of(&impact);
    assert_int_equal(impact.groups.count, 1);
    assert_int_equal(all->count[OUTCOME_OF_LOANS].accounts, 1);
    assert_int_equal(all->count[OUTCOME_OF_GRANTS].accounts, 1);
    assert_int_equal(all->winners, 1);
    assert_int_equal(all->losers, 0);
    assert_int_equal(all->figure[outstanding].down, 1);
    assert_int_equal(all->figure[outstanding].unchanged, 0);
    assert_int_equal(all->figure[OUTCOME_CLAWBACK].down, 1);
    const enum outcome_figure provision = outcome_find(text_of("provision"));
    assert_int_equal(all->figure[provision].unchanged, 1);
    assert_int_equal(all->figure[OUTCOME_GRANT_PROVISION].down, 1);
    assert_int_equal(impact.top_count, 1);
    assert_string_equal(text_string(impact.top[0].account_id), "a");
    impact_free(&impact);
}

static void test_measures(void **state)
{
    (void)state;
    assert_int_equal(impact_measure(text_of("outstanding")), outstanding);
    assert_int_equal(impact_measure(text_of("repaid")), OUTCOME_FIGURES);
    assert_false(impact_is_gain(outstanding));
    assert_true(impact_is_gain(impact_measure(text_of("forgiven"))));
    assert_true(impact_is_gain(impact_measure(text_of("award"))));
    assert_false(impact_is_gain(impact_measure(text_of("clawback"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_fold),
        LEND_TEST(test_top),
        LEND_TEST(test_kinds),
        LEND_TEST(test_measures),
    };
    return RUN(tests);
}
