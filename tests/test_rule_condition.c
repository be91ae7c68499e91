/* rule_condition.h: what a condition is, and how it is written. */
#include "give.h"

static const struct rule_scope *release(const char *text)
{
    char *yaml = arena_alloc(&expect_arena, 2000);
    (void)snprintf(yaml, 2000,
                   GIVE_HEAD "tranches: [{id: T1, amount: 60, release: agreement},\n"
                             "  {id: T2, remainder: true, release: %s}]\n" GIVE_REPORTS,
                   text);
    const struct rule_scope *rules = lend_program(yaml)->versions[0].rules;
    return rules->value[RULE_TRANCHES].items[1]->value[RULE_TRANCHES_RELEASE].items[0];
}

static void test_round_trip(void **unused)
{
    static const struct {
        const char *text;
        enum rule_condition condition;
    } cases[] = {
        {"agreement", RULE_IF_AGREEMENT},
        {"{submitted: R1}", RULE_IF_SUBMITTED},
        {"{accepted: R1}", RULE_IF_ACCEPTED},
        {"{missing: R1, for: 60 days}", RULE_IF_MISSING},
        {"{accounted: T1, at_least: 80%}", RULE_IF_ACCOUNTED},
        {"{event: sold}", RULE_IF_EVENT},
        {"{event: sold, within: 24 months, of: last.paid}", RULE_IF_EVENT},
        {"{after: 2024-05-01}", RULE_IF_AFTER},
        {"{all: [agreement, {any: [{event: a}, {event: b}]}]}", RULE_IF_ALL},
        {"{any: [{accepted: R1}, {after: 2024-05-01}]}", RULE_IF_ANY},
    };
    (void)unused;
    for (unsigned i = 0; i < COUNT_OF(cases); i++) {
        const struct rule_scope *scope = release(cases[i].text);
        struct buffer buffer;
        buffer_init(&buffer, NULL);
        assert_int_equal(rule_condition_of(scope), cases[i].condition);
        rule_condition_put(&buffer, scope);
        assert_text(((struct text){buffer.bytes, buffer.len}), cases[i].text);
        buffer_free(&buffer);
    }
    assert_int_equal(rule_condition_key(RULE_IF_AGREEMENT), RULE_KEYS);
    assert_int_equal(rule_condition_key(RULE_IF_ANY), RULE_CONDITION_ANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {LEND_TEST(test_round_trip)};
    return RUN(tests);
}
