/* origin.h: where a rule's value comes from; rule_text.h: how it is written. */
#include "lend.h"

#include "origin.h"
#include "rule_text.h"

static const char rules[] = LEND_HEAD
    "sources:\n"
    "  perda: {title: Law 1, in_force: 2020-01-01}\n"
    "  perbup: {title: Decree 2, in_force: 2021-01-01}\n" LEND_PRINCIPAL LEND_SCHEDULE
        LEND_ALLOCATION "fees:\n"
    "  - {id: admin, amount: {rate: 1/3, of: principal}, when: disbursement, collect: upfront,\n"
    "     rounding: {unit: 1, mode: up}, source: perda art 9}\n"
    "arrears: {count_from: day-after-due, classes: [{id: good, range: 0..30, provision: 0.5%},\n"
    "  {id: bad, range: 31.., provision: 50%}], provision: {rounding: {unit: 1, mode: up}},\n"
    "  non_performing: [bad], source: perda art 3}\n"
    "amendments:\n"
    "  - {from: 2022-01-01, source: perbup art 1, set: [{path: arrears.classes.bad.provision,\n"
    "     was: 50%, value: 100%}]}\n"
    "  - {from: 2023-01-01, set: [{path: principal.max, was: 1_000_000, value: 2_000_000}]}\n";

static struct origin origin_on(const char *date, enum rule_key key, const struct rule_scope *item)
{
    const struct program *program = lend_program(rules);
    const struct rule_scope *scope = program_at(program, D(date));
    if (item == NULL && rule_row(key)->path[0] == 'a' && key == RULE_ARREARS_CLASSES_PROVISION)
        item = scope->value[RULE_ARREARS_CLASSES].items[1];
    if (key == RULE_FEES_AMOUNT_RATE)
        item = scope->value[RULE_FEES].items[0];
    return origin_of(program, scope, item, key);
}

static const char *string(struct text text)
{
    return arena_copy(&expect_arena, text.ptr, text.len);
}

static void test_sources(void **state)
{
    (void)state;
    struct origin origin = origin_on("2021-06-01", RULE_ARREARS_COUNT_FROM, NULL);
    assert_true(origin.given);
    assert_string_equal(string(origin.source), "perda art 3");
    assert_string_equal(string(origin.title), "Law 1");
    assert_false(date_is_set(origin.amended));
    assert_true(date_equal(origin.version, D("2020-01-01")));
    origin = origin_on("2021-06-01", RULE_ARREARS_TOLERANCE, NULL);
    assert_false(origin.given);
    assert_string_equal(string(origin.source), "perda art 3");
    origin = origin_on("2021-06-01", RULE_FEES_AMOUNT_RATE, NULL);
    assert_string_equal(string(origin.source), "perda art 9");
    origin = origin_on("2021-06-01", RULE_SCHEDULE_EVERY, NULL);
    assert_int_equal(origin.source.len, 0);
    assert_int_equal(origin.title.len, 0);
}

/* The amendment's own source; one without leaves the clause's, here none. */
static void test_amendments(void **state)
{
    (void)state;
    struct origin origin = origin_on("2022-06-01", RULE_ARREARS_CLASSES_PROVISION, NULL);
    assert_true(date_equal(origin.amended, D("2022-01-01")));
    assert_string_equal(string(origin.source), "perbup art 1");
    assert_string_equal(string(origin.title), "Decree 2");
    assert_true(date_equal(origin.version, D("2022-01-01")));
    origin = origin_on("2021-06-01", RULE_ARREARS_CLASSES_PROVISION, NULL);
    assert_false(date_is_set(origin.amended));
    assert_string_equal(string(origin.source), "perda art 3");
    origin = origin_on("2023-06-01", RULE_PRINCIPAL_MAX, NULL);
    assert_true(date_equal(origin.amended, D("2023-01-01")));
    assert_int_equal(origin.source.len, 0);
}

static void test_paths(void **state)
{
    const struct rule_scope *scope = program_at(lend_program(rules), D("2021-01-01"));
    (void)state;
    assert_string_equal(origin_path(&expect_arena, RULE_ARREARS_COUNT_FROM, NULL),
                        "arrears.count_from");
    assert_string_equal(origin_path(&expect_arena, RULE_ARREARS_CLASSES_RANGE,
                                    scope->value[RULE_ARREARS_CLASSES].items[1]),
                        "arrears.classes.bad.range");
    assert_string_equal(
        origin_path(&expect_arena, RULE_FEES_AMOUNT_RATE, scope->value[RULE_FEES].items[0]),
        "fees.admin.amount.rate");
}

static const char *text_of_value(enum rule_key key, const struct rule_value *value)
{
    struct buffer buffer;
    buffer_init(&buffer, NULL);
    rule_text_put(&buffer, &expect_arena, key, value, 0, false);
    const char *text = arena_copy(&expect_arena, buffer.bytes, buffer.len);
    buffer_free(&buffer);
    return text;
}

static void test_texts(void **state)
{
    const struct rule_scope *scope = program_at(lend_program(rules), D("2021-01-01"));
    const struct rule_scope *class = scope->value[RULE_ARREARS_CLASSES].items[0];
    (void)state;
    assert_string_equal(text_of_value(RULE_PRINCIPAL_MAX, &scope->value[RULE_PRINCIPAL_MAX]),
                        "1000000");
    assert_string_equal(text_of_value(RULE_SCHEDULE_EVERY, &scope->value[RULE_SCHEDULE_EVERY]),
                        "1 month");
    assert_string_equal(text_of_value(RULE_ARREARS_CLASSES_PROVISION,
                                      &class->value[RULE_ARREARS_CLASSES_PROVISION]),
                        "0.5%");
    assert_string_equal(
        text_of_value(RULE_ARREARS_CLASSES_RANGE, &class->value[RULE_ARREARS_CLASSES_RANGE]),
        "0..30");
    assert_string_equal(
        text_of_value(RULE_ALLOCATION_COMPONENTS, &scope->value[RULE_ALLOCATION_COMPONENTS]),
        "[penalty, fee, principal]");
    assert_true(rule_text_is_inner(RULE_ARREARS, &scope->value[RULE_ARREARS]));
    assert_true(
        rule_text_is_inner(RULE_SCHEDULE_INSTALLMENTS, &scope->value[RULE_SCHEDULE_INSTALLMENTS]));
    assert_false(rule_text_is_inner(RULE_PRINCIPAL_MAX, &scope->value[RULE_PRINCIPAL_MAX]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_sources),
        LEND_TEST(test_amendments),
        LEND_TEST(test_paths),
        LEND_TEST(test_texts),
    };
    return RUN(tests);
}
