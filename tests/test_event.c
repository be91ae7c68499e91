/* event.h: the table of types, the order of a day, which events count. */
#include "lend.h"

static void test_types(void **state)
{
    (void)state;
    for (unsigned type = 0; type < EVENT_TYPES; type++) {
        const struct event_kind *kind = event_kind((enum event_type)type);
        assert_true(kind->name[0] != '\0' && kind->meaning[0] != '\0');
        assert_int_equal(event_type_of(text_of(kind->name)), type);
    }
    assert_int_equal(event_type_of(text_of("Repay")), EVENT_TYPES);
    assert_int_equal(event_type_of(text_of("")), EVENT_TYPES);
    /* the ranks of semantics 2 */
    assert_true(EVENT_WAIVE < EVENT_OWN && EVENT_OWN < EVENT_CHARGEBACK);
    assert_true(EVENT_DISBURSE < EVENT_OPENING && EVENT_OPENING < EVENT_CANCEL);
    assert_true(EVENT_CANCEL < EVENT_COLLATERAL && EVENT_COLLATERAL < EVENT_LETTER);
    assert_true(EVENT_LETTER < EVENT_CLASSIFY && EVENT_CLASSIFY < EVENT_FREEZE);
    assert_true(EVENT_FREEZE < EVENT_UNFREEZE && EVENT_UNFREEZE < EVENT_CHARGE);
    assert_true(EVENT_CHARGE < EVENT_WAIVE);
    assert_true(EVENT_WAIVE < EVENT_REPAY && EVENT_REPAY < EVENT_CHARGEBACK);
    assert_true(EVENT_CHARGEBACK < EVENT_REFUND);
    assert_true(EVENT_REPAY < EVENT_REFUND && EVENT_REFUND < EVENT_WRITE_OFF);
    assert_true(EVENT_REFUND < EVENT_FORGIVE && EVENT_FORGIVE < EVENT_WRITE_OFF);
    assert_true(EVENT_WRITE_OFF < EVENT_RECOVER && EVENT_RECOVER < EVENT_WRITE_OFF_ABSOLUTE);
    assert_int_equal(event_kind(EVENT_REVERSE)->columns, EVENT_NEEDS_REF);
    assert_int_equal(event_kind(EVENT_OPENING)->amount, EVENT_AMOUNT_ZERO_OK);
    assert_int_equal(event_kind(EVENT_CANCEL)->amount, EVENT_AMOUNT_NO_AMOUNT);
}

static void test_total_order(void **state)
{
    (void)state;
    lend_event("b", EVENT_REPAY, "2024-01-02", "1");
    lend_event("a", EVENT_REPAY, "2024-01-02", "1");
    lend_event("z", EVENT_DISBURSE, "2024-01-02", "1");
    lend_event("y", EVENT_DISBURSE, "2024-01-03", "1");
    lend_event("c", EVENT_RECOVER, "2024-01-02", "1")->seq = -1;
    lend_event("d", EVENT_DISBURSE, "2024-01-02", "1")->seq = 1;
    lend_event("B", EVENT_REPAY, "2024-01-02", "1");
    lend_event("ao", EVENT_OWN, "2024-01-02", "1");
    event_sort(lend_events, lend_event_count);
    const char *expected = "czBaAbdy"; /* A: a type of the program's own, of the rank of repay */
    for (size_t i = 0; i < lend_event_count; i++)
        assert_int_equal(lend_events[i]->type == EVENT_OWN ? 'A' : lend_events[i]->id.ptr[0],
                         expected[i]);
    for (size_t i = 0; i < lend_event_count; i++)
        for (size_t j = 0; j < lend_event_count; j++) {
            int order = event_compare(lend_events[i], lend_events[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

static bool counts(const char *id)
{
    return lend_find(id)->counts;
}

static void test_dates_and_knowledge(void **state)
{
    (void)state;
    lend_event("early", EVENT_REPAY, "2024-01-10", "1");
    lend_event("late", EVENT_REPAY, "2024-02-10", "1");
    lend_event("told-late", EVENT_REPAY, "2024-01-10", "1")->recorded = D("2024-03-01");
    lend_resolve("2024-01-31", "");
    assert_true(counts("early") && counts("told-late") && !counts("late"));
    lend_resolve("2024-01-10", "2024-02-29");
    assert_true(counts("early") && !counts("told-late"));
    lend_resolve("2024-01-09", "");
    assert_false(counts("early"));
    lend_resolve("2024-12-31", "2024-03-01");
    assert_true(counts("early") && counts("told-late") && counts("late"));
}

static void test_reverse_counts_by_recorded_alone(void **state)
{
    (void)state;
    lend_event("pay", EVENT_REPAY, "2024-01-10", "1");
    lend_reverse("undo", "2024-06-01", "pay")->recorded = D("2024-02-01");
    lend_resolve("2024-01-31", "2024-01-31");
    assert_true(counts("pay"));
    lend_resolve("2024-01-31", "2024-02-01"); /* dated after as-of, but known */
    assert_false(counts("pay"));
    assert_ptr_equal(lend_find("pay")->removed_by, lend_find("undo"));
}

static void test_reverse_of_reverse(void **state)
{
    (void)state;
    lend_event("pay", EVENT_REPAY, "2024-01-10", "1");
    lend_reverse("r1", "2024-02-01", "pay");
    lend_reverse("r2", "2024-03-01", "r1");
    lend_reverse("r3", "2024-04-01", "r2");
    lend_resolve("2024-12-31", "2024-01-31");
    assert_true(counts("pay"));
    lend_resolve("2024-12-31", "2024-02-28");
    assert_false(counts("pay"));
    lend_resolve("2024-12-31", "2024-03-31");
    assert_true(counts("pay"));
    lend_resolve("2024-12-31", "2024-04-30");
    assert_false(counts("pay"));
}

/* Two reverses of one event: the first recorded is named, and each alone is enough. */
static void test_two_reverses(void **state)
{
    (void)state;
    lend_event("pay", EVENT_REPAY, "2024-01-10", "1");
    lend_reverse("second", "2024-03-01", "pay");
    lend_reverse("first", "2024-02-01", "pay");
    lend_resolve("2024-12-31", "");
    assert_ptr_equal(lend_find("pay")->removed_by, lend_find("first"));
    lend_reverse("third", "2024-04-01", "first");
    lend_resolve("2024-12-31", "");
    assert_ptr_equal(lend_find("pay")->removed_by, lend_find("second"));
    assert_false(counts("pay"));
}

static void test_recorded_before(void **state)
{
    (void)state;
    struct event *a = lend_event("a", EVENT_REVERSE, "2024-02-01", "");
    struct event *b = lend_event("b", EVENT_REVERSE, "2024-02-01", "");
    assert_true(event_recorded_before(a, b));
    assert_false(event_recorded_before(b, a));
    assert_false(event_recorded_before(a, a));
    b->recorded = D("2024-01-01");
    assert_true(event_recorded_before(b, a));
}

static void test_overtaken(void **state)
{
    (void)state;
    struct event *write_off = lend_event("w", EVENT_WRITE_OFF, "2024-03-01", "");
    struct event *pay = lend_event("p", EVENT_REPAY, "2024-03-01", "1");
    lend_resolve("2024-12-31", "");
    assert_false(
        event_was_overtaken(lend_events, 2, write_off)); /* recorded on the same day, not after */
    pay->recorded = D("2024-03-02");
    lend_resolve("2024-12-31", "");
    assert_true(event_was_overtaken(lend_events, 2, write_off));
    lend_resolve("2024-12-31", "2024-03-01"); /* not yet known */
    assert_false(event_was_overtaken(lend_events, 2, write_off));
    pay->date = D("2024-03-02"); /* dated after it */
    lend_resolve("2024-12-31", "");
    assert_false(event_was_overtaken(lend_events, 2, write_off));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_types),
        LEND_TEST(test_total_order),
        LEND_TEST(test_dates_and_knowledge),
        LEND_TEST(test_reverse_counts_by_recorded_alone),
        LEND_TEST(test_reverse_of_reverse),
        LEND_TEST(test_two_reverses),
        LEND_TEST(test_recorded_before),
        LEND_TEST(test_overtaken),
    };
    return RUN(tests);
}
