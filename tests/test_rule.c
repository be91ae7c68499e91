/* rule.h: the table is sound, and every type of value reads what it should and refuses the rest. */
#include "lend.h"

#include "rounding.h"
#include "row.h"
#include "rule_check.h"
#include "split.h"

static void test_paths(void **state)
{
    (void)state;
    for (unsigned a = 0; a < RULE_KEYS; a++) {
        const struct rule_row *row = rule_row((enum rule_key)a);
        assert_true(row->path[0] != '\0' && row->meaning[0] != '\0' && row->id[0] != '\0');
        assert_int_equal(rule_find(text_of(row->path)), a); /* unique */
        if (strchr(row->path, '.') != NULL) {               /* what is around it is a key too */
            char around[200];
            (void)snprintf(around, sizeof around, "%s", row->path);
            *strrchr(around, '.') = '\0';
            size_t len = strlen(around);
            if (len > 2 &&
                (strcmp(around + len - 2, "[]") == 0 || strcmp(around + len - 2, ".*") == 0))
                around[len - 2] = '\0';
            if (rule_find(text_of(around)) == RULE_KEYS &&
                strcmp(around, "calendar") != 0 && /* these four: files of their own */
                strcmp(around, "reform") != 0 && strcmp(around, "assume") != 0 &&
                strcmp(around, "tests") != 0 &&
                strcmp(around, "condition") != 0) /* stands in several places */
                fail_msg("%s stands below no key", row->path);
        }
    }
    assert_int_equal(rule_find(text_of("nowhere")), RULE_KEYS);
    assert_int_equal(rule_find(text_of("")), RULE_KEYS);
}

static void test_below(void **state)
{
    (void)state;
    assert_true(rule_is_below("schedule", text_of("")));
    assert_false(rule_is_below("schedule.due", text_of("")));
    assert_true(rule_is_below("schedule.due", text_of("schedule")));
    assert_false(rule_is_below("schedule.due.day", text_of("schedule")));
    assert_false(rule_is_below("schedule", text_of("schedule")));
    assert_false(rule_is_below("scheduled.x", text_of("schedule")));
    assert_true(rule_is_below("arrears.classes[].id", text_of("arrears.classes[]")));
}

static bool is_scalar(enum rule_type type)
{
    return type != RULE_TYPE_MAP && type != RULE_TYPE_LIST && type != RULE_TYPE_NAMED &&
           type != RULE_TYPE_NODE && type != RULE_TYPE_ORDER && type != RULE_TYPE_SOME &&
           type != RULE_TYPE_IDS && type != RULE_TYPE_FRACTIONS && type != RULE_TYPE_WORDS;
}

static struct rule_context context(void)
{
    return (struct rule_context){.arena = &expect_arena, .faults = &expect_faults, .decimals = 2};
}

/* Every default parses, and what names words or a range says them. */
static void test_defaults_and_allowed(void **state)
{
    (void)state;
    for (unsigned key = 0; key < RULE_KEYS; key++) {
        const struct rule_row *row = rule_row((enum rule_key)key);
        struct rule_context quiet = context();
        if (row->fallback[0] != '\0' && is_scalar(row->type)) {
            struct yaml_node node = {.kind = YAML_TEXT, .text = text_of(row->fallback)};
            struct rule_value value;
            if (!rule_parse_value(&quiet, (enum rule_key)key, &node, &value))
                fail_msg("default of %s", row->path);
            assert_false(row->required);
        }
        if (row->type == RULE_TYPE_CHOICE || row->type == RULE_TYPE_CHOICE_OR_MAP ||
            row->type == RULE_TYPE_ORDER || row->type == RULE_TYPE_SOME ||
            row->type == RULE_TYPE_WORDS)
            assert_true(rule_allowed((enum rule_key)key, 0).len > 0);
        if (row->type == RULE_TYPE_COUNT || row->type == RULE_TYPE_COUNT_OR_MAP)
            assert_non_null(strstr(row->allowed, ".."));
    }
    assert_faults("");
}

/* The words of the table in the order of the C enums they become. */
static void test_words_are_the_enums(void **state)
{
    static const struct {
        enum rule_key key;
        unsigned index;
        const char *word;
    } words[] = {
        {RULE_SCHEDULE_ROUNDING_MODE, ROUNDING_DOWN, "down"},
        {RULE_SCHEDULE_ROUNDING_MODE, ROUNDING_UP, "up"},
        {RULE_SCHEDULE_ROUNDING_MODE, ROUNDING_HALF_UP, "half-up"},
        {RULE_SCHEDULE_ROUNDING_MODE, ROUNDING_HALF_EVEN, "half-even"},
        {RULE_ARREARS_PROVISION_ROUNDING_MODE, ROUNDING_DOWN, "down"},
        {RULE_ARREARS_PROVISION_ROUNDING_MODE, ROUNDING_UP, "up"},
        {RULE_ARREARS_PROVISION_ROUNDING_MODE, ROUNDING_HALF_UP, "half-up"},
        {RULE_ARREARS_PROVISION_ROUNDING_MODE, ROUNDING_HALF_EVEN, "half-even"},
        {RULE_SCHEDULE_ROUNDING_RESIDUAL, RESIDUAL_LAST, "last"},
        {RULE_SCHEDULE_ROUNDING_RESIDUAL, RESIDUAL_FIRST, "first"},
        {RULE_SCHEDULE_ROUNDING_RESIDUAL, RESIDUAL_LEADING, "leading"},
        {RULE_SCHEDULE_ROUNDING_RESIDUAL, RESIDUAL_CUMULATIVE, "cumulative"},
        {RULE_SCHEDULE_DUE_MISSING_DAY, MISSING_LAST_OF_MONTH, "last-of-month"},
        {RULE_SCHEDULE_DUE_MISSING_DAY, MISSING_FIRST_OF_NEXT, "first-of-next"},
        {RULE_SCHEDULE_SPLIT, RULE_SPLIT_EQUAL, "equal"},
        {RULE_SCHEDULE_SPLIT, RULE_SPLIT_BULLET, "bullet"},
        {RULE_SCHEDULE_SPLIT, RULE_SPLIT_CUSTOM, "custom"},
        {RULE_SCHEDULE_DUE_HOLIDAY, RULE_HOLIDAY_NONE, "none"},
        {RULE_SCHEDULE_DUE_HOLIDAY, RULE_HOLIDAY_NEXT, "next"},
        {RULE_SCHEDULE_DUE_HOLIDAY, RULE_HOLIDAY_PREVIOUS, "previous"},
        {RULE_SCHEDULE_DUE_HOLIDAY, RULE_HOLIDAY_MODIFIED_NEXT, "modified-next"},
        {RULE_SCHEDULE_DUE_ANCHOR, RULE_ANCHOR_DISBURSED, "disbursed"},
        {RULE_SCHEDULE_DUE_ANCHOR, RULE_ANCHOR_AGREED, "agreed"},
        {RULE_SCHEDULE_DUE_ANCHOR, RULE_ANCHOR_GIVEN, "given"},
        {RULE_SCHEDULE_GRACE_PLACE, RULE_GRACE_BEFORE_TERM, "before-term"},
        {RULE_SCHEDULE_GRACE_PLACE, RULE_GRACE_WITHIN_TERM, "within-term"},
        {RULE_ALLOCATION_COMPONENTS, COMPONENT_PENALTY, "penalty"},
        {RULE_ALLOCATION_COMPONENTS, COMPONENT_FEE, "fee"},
        {RULE_ALLOCATION_COMPONENTS, COMPONENT_PRINCIPAL, "principal"},
        {RULE_ALLOCATION_BY, RULE_BY_INSTALLMENT, "installment"},
        {RULE_ALLOCATION_BY, RULE_BY_COMPONENT, "component"},
        {RULE_ALLOCATION_EXCESS, RULE_EXCESS_HOLD, "hold"},
        {RULE_ALLOCATION_EXCESS, RULE_EXCESS_NEXT, "next"},
        {RULE_ALLOCATION_EXCESS, RULE_EXCESS_LAST, "last"},
        {RULE_ALLOCATION_EXCESS, RULE_EXCESS_RE_SPREAD, "re-spread"},
        {RULE_ALLOCATION_EXCESS, RULE_EXCESS_REFUND, "refund"},
        {RULE_FEES_AMOUNT_OF, RULE_FEE_OF_PRINCIPAL, "principal"},
        {RULE_FEES_AMOUNT_OF, RULE_FEE_OF_DISBURSED, "disbursed"},
        {RULE_FEES_AMOUNT_OF, RULE_FEE_OF_INSTALLMENT, "installment"},
        {RULE_FEES_WHEN, RULE_FEE_AT_DISBURSEMENT, "disbursement"},
        {RULE_FEES_WHEN, RULE_FEE_EACH_INSTALLMENT, "each-installment"},
        {RULE_FEES_COLLECT, RULE_COLLECT_DEDUCT, "deduct"},
        {RULE_FEES_COLLECT, RULE_COLLECT_UPFRONT, "upfront"},
        {RULE_FEES_COLLECT, RULE_COLLECT_WITH_INSTALLMENT, "with-installment"},
        {RULE_ALLOCATION_EXCESS_COMPONENTS, COMPONENT_PENALTY, "penalty"},
        {RULE_ALLOCATION_EXCESS_COMPONENTS, COMPONENT_PRINCIPAL, "principal"},
        {RULE_ARREARS_COUNT_FROM, RULE_DAY_AFTER_DUE, "day-after-due"},
        {RULE_ARREARS_COUNT_FROM, RULE_DUE_DATE, "due-date"},
        {RULE_ARREARS_COUNT_FROM, RULE_END_OF_TOLERANCE, "end-of-tolerance"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        assert_text(rule_allowed(words[i].key, words[i].index), words[i].word);
    assert_int_equal(rule_allowed(RULE_ALLOCATION_COMPONENTS, COMPONENTS).len,
                     0); /* nothing beyond the enum */
    assert_int_equal(rule_allowed(RULE_SCHEDULE_ROUNDING_MODE, ROUNDING_HALF_EVEN + 1).len, 0);
    assert_int_equal(rule_allowed(RULE_SCHEDULE_ROUNDING_RESIDUAL, RESIDUAL_CUMULATIVE + 1).len, 0);
    assert_int_equal(rule_allowed(RULE_SCHEDULE_DUE_MISSING_DAY, 2).len, 0);
}

/* --- single values: the slug of the refusal, or the value as text --- */

static const char *parse(enum rule_key key, const char *yaml)
{
    struct rule_context reading = context();
    struct rule_value value = {.number = 77};
    char *out = arena_alloc(&expect_arena, 300);
    struct yaml_node *node = yaml_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    assert_non_null(node);
    if (!rule_parse_value(&reading, key, node, &value)) {
        assert_int_equal(expect_faults.count, 1);
        assert_int_equal(value.number, 77); /* untouched */
        const char *slug = fault_slug(expect_faults.listed[0].code);
        faults_free(&expect_faults);
        return slug;
    }
    assert_true(value.set && value.given && value.at.line == 1);
    switch (rule_row(key)->type) {
    case RULE_TYPE_AMOUNT:
    case RULE_TYPE_AMOUNT_OR_MAP:
        return amount_string(value.amount);
    case RULE_TYPE_RANGE:
        (void)snprintf(out, 300, "%d %d", value.from, value.upto);
        return out;
    case RULE_TYPE_DATE:
        return date_string(value.date);
    case RULE_TYPE_ORDER:
        (void)snprintf(out, 300, "%d %d %d", value.order[0], value.order[1], value.order[2]);
        return out;
    case RULE_TYPE_SOME:
        (void)snprintf(out, 300, "%u: %d %d", value.count, value.order[0], value.order[1]);
        return out;
    case RULE_TYPE_IDS:
    case RULE_TYPE_FRACTIONS:
        (void)snprintf(out, 300, "%u", value.count);
        return out;
    case RULE_TYPE_COUNT:
    case RULE_TYPE_COUNT_OR_MAP:
    case RULE_TYPE_WORDS:
    case RULE_TYPE_FLAG:
    case RULE_TYPE_DAY:
    case RULE_TYPE_CHOICE:
    case RULE_TYPE_CHOICE_OR_MAP:
        (void)snprintf(out, 300, "%d", value.number);
        return out;
    default:
        return text_string(value.text);
    }
}

static void test_values(void **state)
{
    static const struct {
        enum rule_key key;
        const char *yaml, *expected;
    } cases[] = {
        {RULE_PRINCIPAL_MIN, "1_000_000", "100000000"}, /* two decimals */
        {RULE_PRINCIPAL_MIN, "'0.50'", "50"},
        {RULE_FEES_AMOUNT, "1_000", "100000"},
        {RULE_FEES_AMOUNT, "1%", "amount-form"},
        {RULE_FEES_AMOUNT, "[1]", "rule-shape"},
        {RULE_PRINCIPAL_MIN, "0.500", "50"},
        {RULE_PRINCIPAL_MIN, "0.501", "amount-decimals"},
        {RULE_PRINCIPAL_MIN, "_1", "amount-form"},
        {RULE_PRINCIPAL_MIN, "1_", "amount-form"},
        {RULE_PRINCIPAL_MIN, "1__0", "amount-form"},
        {RULE_PRINCIPAL_MIN, "1_.5", "amount-form"},
        {RULE_PRINCIPAL_MIN, "1,000", "amount-form"},
        {RULE_PRINCIPAL_MIN, "-5", "amount-negative"},
        {RULE_PRINCIPAL_MIN, "1e6", "amount-form"},
        {RULE_PRINCIPAL_MIN, "''", "amount-form"},
        {RULE_PRINCIPAL_MIN, "1234567890123456789012345678901", "amount-digits"},
        {RULE_PRINCIPAL_MIN, "[1]", "rule-shape"},
        {RULE_SCHEDULE_INSTALLMENTS, "36", "36"},
        {RULE_SCHEDULE_INSTALLMENTS, "036", "36"},
        {RULE_SCHEDULE_INSTALLMENTS, "{min: 1, max: 2}", "-1"},
        {RULE_SCHEDULE_INSTALLMENTS, "0", "number-range"},
        {RULE_SCHEDULE_INSTALLMENTS, "4001", "number-range"},
        {RULE_SCHEDULE_INSTALLMENTS, "1.0", "number-form"},
        {RULE_SCHEDULE_INSTALLMENTS, "-1", "number-form"},
        {RULE_SCHEDULE_INSTALLMENTS, "9999999999", "number-form"},
        {RULE_SCHEDULE_INSTALLMENTS, "[3]", "rule-shape"},
        {RULE_CURRENCY_DECIMALS, "4", "4"},
        {RULE_CURRENCY_DECIMALS, "5", "number-range"},
        {RULE_CURRENCY_CODE, "IDR", "IDR"},
        {RULE_CURRENCY_CODE, "idr", "rule-choice"},
        {RULE_CURRENCY_CODE, "IDRX", "rule-choice"},
        {RULE_SCHEDULE_EVERY, "6 months", "6 months"},
        {RULE_SCHEDULE_EVERY, "monthly", "span-form"},
        {RULE_ARREARS_CLASSES_RANGE, "0..90", "0 90"},
        {RULE_ARREARS_CLASSES_RANGE, "271..", "271 2147483647"},
        {RULE_ARREARS_CLASSES_RANGE, "5..5", "5 5"},
        {RULE_ARREARS_CLASSES_RANGE, "5..4", "range-form"},
        {RULE_ARREARS_CLASSES_RANGE, "..4", "range-form"},
        {RULE_ARREARS_CLASSES_RANGE, "4", "range-form"},
        {RULE_ARREARS_CLASSES_RANGE, "0...4", "range-form"},
        {RULE_ARREARS_CLASSES_RANGE, "0 .. 4", "range-form"},
        {RULE_ARREARS_CLASSES_RANGE, "-1..4", "range-form"},
        {RULE_ARREARS_CLASSES_PROVISION, "1/3", "1/3"},
        {RULE_ARREARS_CLASSES_PROVISION, "half", "fraction-form"},
        {RULE_IN_FORCE, "2024-02-29", "2024-02-29"},
        {RULE_IN_FORCE, "2023-02-29", "date-form"},
        {RULE_IN_FORCE, "1899-12-31", "date-range"},
        {RULE_SCHEDULE_DUE_DAY, "same", "0"},
        {RULE_SCHEDULE_DUE_DAY, "31", "31"},
        {RULE_SCHEDULE_DUE_DAY, "last", "32"},
        {RULE_SCHEDULE_DUE_DAY, "0", "rule-choice"},
        {RULE_SCHEDULE_DUE_DAY, "32", "rule-choice"},
        {RULE_SCHEDULE_GRACE_LIST_ROWS, "true", "1"},
        {RULE_SCHEDULE_GRACE_LIST_ROWS, "false", "0"},
        {RULE_SCHEDULE_GRACE_LIST_ROWS, "yes", "rule-choice"},
        {RULE_SCHEDULE_DUE_LATEST, "24 months", "24 months"},
        {RULE_SCHEDULE_DUE_LATEST, "2026-12-31", "2026-12-31"},
        {RULE_SCHEDULE_DUE_LATEST, "2026-02-29", "date-form"},
        {RULE_SCHEDULE_DUE_LATEST, "2200-01-01", "date-range"},
        {RULE_SCHEDULE_DUE_LATEST, "never", "span-form"},
        {RULE_SCHEDULE_SPLIT, "bullet", "1"},
        {RULE_SCHEDULE_SPLIT, "{fixed: 5}", "-1"},
        {RULE_SCHEDULE_SPLIT, "{shares: [100%]}", "-1"},
        {RULE_SCHEDULE_SPLIT, "equals", "rule-choice"},
        {RULE_SCHEDULE_SPLIT_SHARES, "[10%, 1/3, 0.5]", "3"},
        {RULE_SCHEDULE_SPLIT_SHARES, "[]", "0"},
        {RULE_SCHEDULE_SPLIT_SHARES, "[half]", "fraction-form"},
        {RULE_SCHEDULE_SPLIT_SHARES, "[[1]]", "rule-shape"},
        {RULE_SCHEDULE_SPLIT_SHARES, "100%", "rule-shape"},
        {RULE_SCHEDULE_SPLIT_SHARES, "[1/1000000000000007, 1/1000000000000009]", "rule-limits"},
        {RULE_ALLOCATION_EXCESS, "next", "1"},
        {RULE_ALLOCATION_EXCESS, "{next: 1}", "rule-shape"},
        {RULE_ALLOCATION_COMPONENTS, "[principal, penalty, fee]", "2 0 1"},
        {RULE_ALLOCATION_COMPONENTS, "[principal, penalty]", "rule-choice"},
        {RULE_ALLOCATION_EXCESS_COMPONENTS, "[principal, penalty]", "2: 2 0"},
        {RULE_ALLOCATION_EXCESS_COMPONENTS, "[fee]", "1: 1 0"},
        {RULE_ALLOCATION_EXCESS_COMPONENTS, "[]", "rule-choice"},
        {RULE_ALLOCATION_EXCESS_COMPONENTS, "[fee, fee]", "rule-choice"},
        {RULE_ALLOCATION_EXCESS_COMPONENTS, "[fee, penalty, principal, fee]", "rule-choice"},
        {RULE_ALLOCATION_EXCESS_COMPONENTS, "[fees]", "rule-choice"},
        {RULE_ALLOCATION_EXCESS_COMPONENTS, "fee", "rule-shape"},
        {RULE_ALLOCATION_COMPONENTS, "[principal, penalty, penalty]", "rule-choice"},
        {RULE_ALLOCATION_COMPONENTS, "[principal, penalty, fee, fee]", "rule-choice"},
        {RULE_ALLOCATION_COMPONENTS, "[principal, penalty, fees]", "rule-choice"},
        {RULE_ALLOCATION_COMPONENTS, "[principal, penalty, [fee]]", "rule-choice"},
        {RULE_ALLOCATION_COMPONENTS, "principal", "rule-shape"},
        {RULE_CALENDAR_WEEKEND, "[mon, sun]", "65"},
        {RULE_CALENDAR_WEEKEND, "[]", "0"},
        {RULE_CALENDAR_WEEKEND, "[mon, mon]", "rule-choice"},
        {RULE_CALENDAR_WEEKEND, "[7]", "rule-choice"},
        {RULE_ARREARS_NON_PERFORMING, "[a, b]", "2"},
        {RULE_ARREARS_NON_PERFORMING, "[]", "0"},
        {RULE_ARREARS_NON_PERFORMING, "[{a: b}]", "rule-shape"},
        {RULE_ID, "dana-bergulir", "dana-bergulir"},
        {RULE_ID, "''", "rule-shape"},
        {RULE_ID, "' x'", "text-control"},
        {RULE_ID, "\"a\\tb\"", "text-control"},
        {RULE_ID, "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg",
         "text-length"},
        {RULE_ID, "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg",
         "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg"},
        {RULE_PRINCIPAL_SOURCE, "law art 5", "source-unknown"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *is = parse(cases[i].key, cases[i].yaml);
        if (strcmp(is, cases[i].expected) != 0)
            fail_msg("%s: %s: %s, expected %s", rule_row(cases[i].key)->path, cases[i].yaml, is,
                     cases[i].expected);
    }
}

/* --- whole files --- */

static struct rule_scope *compile(const char *yaml)
{
    struct yaml_node *root = yaml_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    assert_non_null(root);
    return rule_compile(&expect_arena, root, &expect_faults);
}

static void test_compile(void **state)
{
    (void)state;
    struct rule_scope *rules =
        compile(LEND_RULES "sources: {law: {title: A law, in_force: 2020-01-01}}\n");
    assert_faults("");
    assert_int_equal(rule_number(rules, RULE_CURRENCY_DECIMALS), 0);
    assert_amount(rule_amount(rules, RULE_PRINCIPAL_MAX), "1000000");
    assert_false(rule_is_set(rules, RULE_PRINCIPAL_MULTIPLE_OF));
    assert_int_equal(rule_number(rules, RULE_SCHEDULE_DUE_ANCHOR),
                     RULE_ANCHOR_DISBURSED); /* default */
    assert_false(rules->value[RULE_SCHEDULE_DUE_ANCHOR].given);
    assert_int_equal(rules->value[RULE_ARREARS_CLASSES].count, 2);
    const struct rule_scope *bad = rules->value[RULE_ARREARS_CLASSES].items[1];
    assert_text(bad->value[RULE_ARREARS_CLASSES_ID].text, "bad");
    assert_int_equal(bad->value[RULE_ARREARS_CLASSES_RANGE].from, 31);
    assert_int_equal(rules->value[RULE_SOURCES].count, 1);
    assert_text(rules->value[RULE_SOURCES].items[0]->name, "law");
    const uint8_t *order = rules->value[RULE_ALLOCATION_COMPONENTS].order;
    assert_true(order[0] == COMPONENT_PENALTY && order[1] == COMPONENT_FEE &&
                order[2] == COMPONENT_PRINCIPAL);
}

static void test_file_faults(void **state)
{
    static const struct {
        const char *yaml, *faults;
    } cases[] = {
        {"nol: rules/2\n", "rule-version 1:6"},
        {"kind: loan\n", "rule-version 1:1"},
        {"[nol]\n", "rule-version 1:1"},
        {LEND_RULES "colour: red\n", "rule-key-unknown 14:1"},
        {LEND_RULES "interest: 5%\n", "interest 14:1"},
        {LEND_RULES "Bunga: 1/3\n", "interest 14:1"},
        {LEND_RULES "interest_rate: 0%\n", ""},
        {LEND_RULES "interest: {rate: 0}\n", "interest 14:1"},
        {LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION, "rule-key-missing 1:1"},
        {LEND_HEAD "principal: {min: 5}\n" LEND_SCHEDULE LEND_ALLOCATION LEND_ARREARS,
         "rule-key-missing 8:12"},
        {LEND_HEAD "principal: 5\n" LEND_SCHEDULE LEND_ALLOCATION LEND_ARREARS, "rule-shape 8:12"},
        {LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION
         "arrears: {count_from: due-date, classes: [{id: a, range: 0..}, {id: a, range: 5..}]}\n",
         "rule-id-duplicate 12:69"},
        {LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION
         "arrears: {count_from: due-date, classes: []}\n",
         "rule-shape 12:42"},
        {LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION
         "arrears: {count_from: due-date, classes: [x]}\n",
         "rule-shape 12:43"},
        {LEND_HEAD "principal: {min: 5, max: 9, source: law art 5}\n" LEND_SCHEDULE LEND_ALLOCATION
             LEND_ARREARS "sources: {lawn: {title: T}}\n",
         "source-unknown 8:37"},
        {LEND_HEAD "principal: {min: 5, max: 9, source: law art 5}\n" LEND_SCHEDULE LEND_ALLOCATION
             LEND_ARREARS "sources: {law: {title: T}}\n",
         ""},
        {LEND_HEAD
         "principal: {min: 5, max: 9, by: {column: c, max: {a: 7, b: -1}}}\n" LEND_SCHEDULE
             LEND_ALLOCATION LEND_ARREARS,
         "amount-negative 8:60"},
        {LEND_HEAD "principal: {min: 5, max: 9, by: {column: c, max: {a: {b: 7}}}}\n" LEND_SCHEDULE
             LEND_ALLOCATION LEND_ARREARS,
         "rule-shape 8:54"},
        {LEND_HEAD
         "principal: {min: 5, max: 9, by: {max: {}}}\n" LEND_SCHEDULE LEND_ALLOCATION LEND_ARREARS,
         "rule-key-missing 8:33; rule-shape 8:39"},
        /* all of them, not only the first */
        {LEND_HEAD "principal: {min: x, max: -1}\n" LEND_SCHEDULE
                   "allocation: {excess: keep}\n" LEND_ARREARS,
         "amount-form 8:18; amount-negative 8:26; rule-choice 11:22"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        (void)compile(cases[i].yaml);
        const char *faults = faults_string();
        if (strcmp(faults, cases[i].faults) != 0)
            fail_msg("case %zu: %s, expected %s", i, faults, cases[i].faults);
    }
}

static void test_did_you_mean(void **state)
{
    (void)state;
    (void)compile(LEND_RULES "amendment: []\n");
    assert_int_equal(expect_faults.count, 1);
    assert_non_null(strstr(expect_faults.listed[0].text, "did you mean 'amendments'?"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_paths),       TEST(test_below),        TEST(test_defaults_and_allowed),
        TEST(test_values),      TEST(test_compile),      TEST(test_words_are_the_enums),
        TEST(test_file_faults), TEST(test_did_you_mean),
    };
    return RUN(tests);
}
