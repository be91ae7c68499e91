/* portfolio.h: an exact fold into groups, in any order and any number of parts. */
#include "lend.h"

#include "portfolio.h"

static const struct program *programs[1];
static struct portfolio_states states;

static const struct text districts[] = {{"north", 5}, {"south", 5}, {"", 0}};

static void prepare(void)
{
    programs[0] = lend_program(LEND_RULES);
    states = portfolio_states_of(&expect_arena, programs, 1, D("2024-06-30"), DATE_NONE);
}

static void test_states(void **state)
{
    static const char *const names[] = {"good",        "bad",   "pending",   "active", "closed",
                                        "written-off", "ended", "cancelled", "new"};
    (void)state;
    prepare();
    assert_int_equal(states.classes, 2);
    assert_text(states.names[0], "good");
    assert_text(states.names[1], "bad");
    assert_text(states.names[states.count - 1], "new");
    for (unsigned i = 0; i < states.count; i++) {
        bool known = false;
        for (size_t k = 0; k < COUNT_OF(names); k++)
            known = known || text_is(states.names[i], names[k]);
        assert_true(known);
    }
    assert_int_equal(portfolio_state(&states, NULL), states.count - 1);
}

/* An account of ${principal}, all outstanding, in class ${class}. */
static void add(struct portfolio *portfolio, int64_t principal, int32_t class, unsigned district)
{
    struct loan loan = {
        .account_id = text_of("L"), .program = programs[0], .attributes = &districts[district]};
    struct position position = {.status = STATUS_ACTIVE,
                                .rules = program_at(programs[0], D("2024-06-30")),
                                .class_index = class};
    position.figure[FIGURE_DISBURSED] = amount_of(principal);
    position.figure[FIGURE_OUTSTANDING] = amount_of(principal);
    position.figure[FIGURE_CURRENT] = amount_of(principal);
    position.figure[FIGURE_NET_VALUE] = amount_of(principal);
    struct portfolio_entry entry = {.loan = &loan, .now = &position};
    portfolio_add(portfolio, &entry);
}

static const char *summary(struct portfolio *portfolio)
{
    struct group **groups = portfolio_sorted(portfolio);
    char *out = arena_alloc(&expect_arena, portfolio->groups.count * 300 + 1), *end = out;
    *out = '\0';
    for (size_t i = 0; i < portfolio->groups.count; i++) {
        struct group *g = groups[i];
        end +=
            sprintf(end, "%s%u:%.*s %lu %s", i == 0 ? "" : "; ", g->key.by, (int)g->key.name.len,
                    g->key.name.ptr, (unsigned long)g->accounts,
                    amount_string(amount_sum_value(&expect_arena, &g->figure[FIGURE_OUTSTANDING])));
    }
    return out;
}

static void test_groups(void **state)
{
    struct portfolio portfolio;
    (void)state;
    prepare();
    portfolio_init(&portfolio, NULL, &states, 1);
    assert_null(portfolio_law(&portfolio));
    assert_string_equal(summary(&portfolio), "");
    add(&portfolio, 500, 0, 1);
    add(&portfolio, 70, 1, 0);
    add(&portfolio, 3, 0, 2); /* an empty attribute is a group of its own */
    add(&portfolio, 1000, 0, 1);
    assert_string_equal(summary(&portfolio),
                        "0:all 4 1573; 1:lend 4 1573; 2: 1 3; 2:north 1 70; 2:south 2 1500");
    assert_null(portfolio_law(&portfolio));
    struct group *all = portfolio_sorted(&portfolio)[0];
    assert_int_equal(all->classes[0].accounts, 3);
    assert_amount(amount_sum_value(&expect_arena, &all->classes[1].outstanding), "70");
    assert_text(all->key.code, "IDR");
    assert_int_equal(all->with_status[STATUS_ACTIVE], 4);
    portfolio_free(&portfolio);
}

static void test_merge_in_any_order(void **state)
{
    struct portfolio whole, parts[3];
    (void)state;
    (void)chance_seed();
    prepare();
    portfolio_init(&whole, NULL, &states, 1);
    for (unsigned i = 0; i < 3; i++)
        portfolio_init(&parts[i], NULL, &states, 1);
    for (int i = 0; i < 300; i++) {
        int64_t principal = chance_in(1, INT64_MAX); /* sums outgrow a word */
        int32_t class = (int32_t)chance_in(0, 1);
        unsigned district = (unsigned)chance_in(0, 2);
        add(&whole, principal, class, district);
        add(&parts[chance() % 3], principal, class, district);
    }
    portfolio_merge(&parts[2], &parts[0]);
    portfolio_merge(&parts[2], &parts[1]);
    assert_string_equal(summary(&parts[2]), summary(&whole));
    assert_null(portfolio_law(&parts[2]));
    for (unsigned i = 0; i < 3; i++)
        portfolio_free(&parts[i]);
    portfolio_free(&whole);
}

/* A group whose accounts are not all in `all` breaks law 4. */
static void test_law_sees(void **state)
{
    struct portfolio portfolio;
    (void)state;
    prepare();
    portfolio_init(&portfolio, NULL, &states, 1);
    add(&portfolio, 500, 0, 1);
    struct group *all = portfolio_sorted(&portfolio)[0];
    amount_sum_add(&all->figure[FIGURE_OUTSTANDING], amount_of(1));
    assert_non_null(portfolio_law(&portfolio));
    portfolio_free(&portfolio);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_states),
        TEST(test_groups),
        TEST(test_merge_in_any_order),
        TEST(test_law_sees),
    };
    return RUN(tests);
}
