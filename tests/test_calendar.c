/* calendar.h: reading a calendar, and the nearest business days. */
#include "expect.h"

#include "calendar.h"

#define HEAD "nol: calendar/1\nid: id-2026\nfrom: 2026-01-01\nuntil: 2026-12-31\n"

static const struct fault_file file = {"c.yaml", 0};

static const struct calendar *calendar(const char *yaml)
{
    struct yaml_node *root = yaml_read(&expect_arena, &file, text_of(yaml), &expect_faults);
    assert_non_null(root);
    assert_true(calendar_is(root));
    return calendar_read(&expect_arena, root, &expect_faults);
}

static void test_read(void **state)
{
    (void)state;
    const struct calendar *read = calendar(
        HEAD "weekend: [sat, sun]\nsource: joint decree\n"
             "holidays: [{date: 2026-08-17, name: Independence Day}, {date: 2026-01-01}]\n");
    assert_faults("");
    assert_text(read->id, "id-2026");
    assert_date(read->from, "2026-01-01");
    assert_date(read->until, "2026-12-31");
    assert_int_equal(read->weekend, 1 << 5 | 1 << 6);
    assert_int_equal(read->holiday_count, 2);
    assert_date(read->holidays[0], "2026-01-01");
    assert_date(read->holidays[1], "2026-08-17");
    read = calendar(HEAD "holidays: []\nweekend: []\n");
    assert_int_equal(read->holiday_count, 0);
    assert_int_equal(read->weekend, 0);
}

static void test_refusals(void **state)
{
    static const struct {
        const char *yaml, *slugs;
    } cases[] = {
        {"nol: calendar/1\n", "rule-key-missing rule-key-missing rule-key-missing"},
        {HEAD "weekend: [saturday]\n", "rule-choice"},
        {HEAD "weekend: [sat, sat]\n", "rule-choice"},
        {HEAD "weekend: sat\n", "rule-shape"},
        {HEAD "weekend: [mon, tue, wed, thu, fri, sat, sun]\n", "rule-limits"},
        {HEAD "holiday: [{date: 2026-08-17}]\n", "rule-key-unknown"},
        {HEAD "holidays: [2026-08-17]\n", "rule-shape"},
        {HEAD "holidays: [{name: Eid}]\n", "rule-key-missing"},
        {HEAD "holidays: [{date: 2026-02-29}]\n", "date-form"},
        {HEAD "holidays: [{date: 2025-12-31}]\n", "rule-limits"},
        {HEAD "holidays: [{date: 2027-01-01}]\n", "rule-limits"},
        {HEAD "holidays: [{date: 2026-12-31}, {date: 2026-12-31, name: twice}]\n", ""},
        {"nol: calendar/1\nid: c\nfrom: 2026-01-02\nuntil: 2026-01-01\n", "rule-limits"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct calendar *read = calendar(cases[i].yaml);
        assert_int_equal(read == NULL, cases[i].slugs[0] != '\0');
        const char *slugs = slugs_string();
        if (strcmp(slugs, cases[i].slugs) != 0)
            fail_msg("case %zu: '%s', expected '%s'", i, slugs, cases[i].slugs);
    }
}

static void test_business_days(void **state)
{
    (void)state;
    /* 1 January 2026 is a Thursday, 17 August a Monday */
    const struct calendar *read =
        calendar(HEAD "weekend: [sat, sun]\nholidays: [{date: 2026-08-17}, {date: 2026-01-01},\n"
                      "  {date: 2026-01-02}, {date: 2026-12-31}]\n");
    assert_true(calendar_is_business(read, D("2026-08-14")));
    assert_false(calendar_is_business(read, D("2026-08-15")));
    assert_false(calendar_is_business(read, D("2026-08-16")));
    assert_false(calendar_is_business(read, D("2026-08-17")));
    assert_true(calendar_is_business(read, D("2026-08-18")));
    assert_date(calendar_next(read, D("2026-08-14")), "2026-08-14");
    assert_date(calendar_next(read, D("2026-08-15")), "2026-08-18");
    assert_date(calendar_previous(read, D("2026-08-17")), "2026-08-14");
    assert_date(calendar_previous(read, D("2026-08-18")), "2026-08-18");
    /* outside every day is one: 31 December 2025, Saturday 2 January 2027 */
    assert_date(calendar_previous(read, D("2026-01-04")), "2025-12-31");
    assert_date(calendar_next(read, D("2026-12-31")), "2027-01-01");
    assert_true(calendar_is_business(read, D("2027-01-02")));
    /* before 1970: Sunday 28 December 1969 */
    read = calendar("nol: calendar/1\nid: old\nfrom: 1900-01-01\nuntil: 1999-12-31\n"
                    "weekend: [sun]\n");
    assert_false(calendar_is_business(read, D("1969-12-28")));
    assert_false(calendar_is_business(read, D("1900-01-07")));
    assert_true(calendar_is_business(read, D("1900-01-06")));
}

static void test_find(void **state)
{
    (void)state;
    const struct calendar *list[] = {calendar(HEAD)};
    const struct calendars calendars = {list, 1};
    assert_ptr_equal(calendar_find(&calendars, text_of("id-2026")), list[0]);
    assert_null(calendar_find(&calendars, text_of("id")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_read), TEST(test_refusals),
                                       TEST(test_business_days), TEST(test_find)};
    return RUN(tests);
}
