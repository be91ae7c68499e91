/* date.h: the calendar 1900..2199, spans, and what becomes of a day that a month lacks. */
#include "expect.h"

/* Every day in turn, counted by hand: the same day number, parts and text. */
static void test_every_day(void **state)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t number = -25567; /* 1900-01-01: 70 years of 365 days and 17 leap days before 1970 */
    (void)state;
    for (int year = 1900; year <= 2199; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int last = days[month - 1] + (leap && month == 2);
            assert_int_equal(date_month_days(year, month), last);
            for (int day = 1; day <= last; day++, number++) {
                char text[48];
                int y, m, d;
                struct date date = date_of(year, month, day), parsed;
                assert_int_equal(date.day, number);
                date_split(date, &y, &m, &d);
                assert_true(y == year && m == month && d == day);
                (void)snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                assert_string_equal(date_string(date), text);
                assert_int_equal(date_parse(text_of(text), &parsed), FAULT_NONE);
                assert_int_equal(parsed.day, number);
                assert_true(date_in_range(date));
            }
            arena_reset(&expect_arena);
        }
    }
    assert_false(date_in_range((struct date){number}));
    assert_false(date_in_range((struct date){-25568}));
    assert_false(date_in_range(DATE_NONE));
    assert_false(date_in_range(DATE_UNLIMITED));
}

static void test_known_days(void **state)
{
    (void)state;
    assert_int_equal(D("1970-01-01").day, 0);
    assert_int_equal(D("2000-02-29").day, 11016);
    assert_int_equal(D("2000-03-01").day, 11017);
    assert_int_equal(D("2100-03-01").day - D("2100-02-28").day, 1); /* no leap year */
    assert_int_equal(D("2000-03-01").day - D("2000-02-28").day, 2);
    assert_int_equal(D("1900-03-01").day - D("1900-02-28").day, 1);
}

static void test_parse_refusals(void **state)
{
    static const struct {
        const char *text;
        enum fault_code code;
    } cases[] = {
        {"", FAULT_DATE_FORM},
        {"2024-1-01", FAULT_DATE_FORM},
        {"2024-01-1", FAULT_DATE_FORM},
        {"20240101", FAULT_DATE_FORM},
        {"2024/01/01", FAULT_DATE_FORM},
        {"01-01-2024", FAULT_DATE_FORM},
        {"2024-00-01", FAULT_DATE_FORM},
        {"2024-13-01", FAULT_DATE_FORM},
        {"2024-01-00", FAULT_DATE_FORM},
        {"2024-01-32", FAULT_DATE_FORM},
        {"2024-04-31", FAULT_DATE_FORM},
        {"2023-02-29", FAULT_DATE_FORM},
        {"2100-02-29", FAULT_DATE_FORM},
        {"1900-02-29", FAULT_DATE_FORM},
        {" 2024-01-01", FAULT_DATE_FORM},
        {"2024-01-01 ", FAULT_DATE_FORM},
        {"2024-01-0x", FAULT_DATE_FORM},
        {"-024-01-01", FAULT_DATE_FORM},
        {"2O24-01-01", FAULT_DATE_FORM},
        {"1899-12-31", FAULT_DATE_RANGE},
        {"2200-01-01", FAULT_DATE_RANGE},
        {"0000-01-01", FAULT_DATE_RANGE},
        {"9999-12-31", FAULT_DATE_RANGE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct date date = {42};
        if (date_parse(text_of(cases[i].text), &date) != cases[i].code || date.day != 42)
            fail_msg("'%s'", cases[i].text);
    }
    assert_date(D("1900-01-01"), "1900-01-01");
    assert_date(D("2199-12-31"), "2199-12-31");
}

static const char *months(const char *from, int32_t times, enum date_missing_day missing)
{
    return date_string(date_add_span(D(from), (struct span){1, SPAN_MONTHS}, times, missing));
}

static void test_missing_days(void **state)
{
    (void)state;
    /* from the anchor in one step: March is the 31st again */
    assert_string_equal(months("2026-01-31", 1, MISSING_LAST_OF_MONTH), "2026-02-28");
    assert_string_equal(months("2026-01-31", 2, MISSING_LAST_OF_MONTH), "2026-03-31");
    assert_string_equal(months("2026-01-31", 3, MISSING_LAST_OF_MONTH), "2026-04-30");
    assert_string_equal(months("2026-01-31", 1, MISSING_FIRST_OF_NEXT), "2026-03-01");
    assert_string_equal(months("2026-01-31", 2, MISSING_FIRST_OF_NEXT), "2026-03-31");
    assert_string_equal(months("2026-01-31", 3, MISSING_FIRST_OF_NEXT), "2026-05-01");
    assert_string_equal(months("2026-01-29", 1, MISSING_LAST_OF_MONTH), "2026-02-28");
    assert_string_equal(months("2026-01-29", 1, MISSING_FIRST_OF_NEXT), "2026-03-01");
    assert_string_equal(months("2024-01-29", 1, MISSING_FIRST_OF_NEXT), "2024-02-29");
    assert_string_equal(months("2024-01-30", 1, MISSING_LAST_OF_MONTH), "2024-02-29");
    assert_string_equal(months("2024-01-30", 1, MISSING_FIRST_OF_NEXT), "2024-03-01");
    assert_string_equal(months("2000-01-31", 1, MISSING_LAST_OF_MONTH), "2000-02-29");
    assert_string_equal(months("2100-01-31", 1, MISSING_LAST_OF_MONTH), "2100-02-28");
    assert_string_equal(months("2026-03-31", -1, MISSING_LAST_OF_MONTH), "2026-02-28");
    assert_string_equal(months("2026-01-31", -2, MISSING_FIRST_OF_NEXT), "2025-12-01");
    assert_string_equal(months("2026-10-31", 2, MISSING_FIRST_OF_NEXT), "2026-12-31");
    assert_string_equal(months("2026-10-31", 0, MISSING_FIRST_OF_NEXT), "2026-10-31");
    assert_date(date_add_months(D("2024-02-29"), 12), "2025-02-28");
    assert_date(date_add_months(D("2024-02-29"), -12), "2023-02-28");
    assert_date(
        date_add_span(D("2024-02-29"), (struct span){1, SPAN_YEARS}, 4, MISSING_FIRST_OF_NEXT),
        "2028-02-29");
    assert_date(
        date_add_span(D("2024-02-29"), (struct span){1, SPAN_YEARS}, 1, MISSING_FIRST_OF_NEXT),
        "2025-03-01");
    assert_date(date_in_month(D("2026-01-15"), 1, 31, MISSING_LAST_OF_MONTH), "2026-02-28");
    assert_date(date_in_month(D("2026-12-15"), 2, 30, MISSING_FIRST_OF_NEXT), "2027-03-01");
    assert_date(date_in_month(D("2026-01-31"), -13, 5, MISSING_LAST_OF_MONTH), "2024-12-05");
}

static void test_days_and_weeks(void **state)
{
    (void)state;
    assert_date(
        date_add_span(D("2024-02-28"), (struct span){1, SPAN_DAYS}, 2, MISSING_LAST_OF_MONTH),
        "2024-03-01");
    assert_date(
        date_add_span(D("2024-01-01"), (struct span){2, SPAN_WEEKS}, 26, MISSING_LAST_OF_MONTH),
        "2024-12-30");
    assert_date(date_add_days(D("2024-12-31"), 1), "2025-01-01");
    assert_true(date_before(D("2024-01-01"), D("2024-01-02")));
    assert_true(date_before(D("2199-12-31"), DATE_UNLIMITED));
}

/* Whatever lies beyond the calendar is one day beyond it. */
static void test_clamp(void **state)
{
    static const enum span_unit units[] = {SPAN_DAYS, SPAN_WEEKS, SPAN_MONTHS, SPAN_YEARS};
    struct date after = date_add_days(D("2199-12-31"), 1),
                before = date_add_days(D("1900-01-01"), -1);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        struct span long_span = {9999, units[i]};
        struct date later =
            date_add_span(D("2026-01-31"), long_span, 200000, MISSING_FIRST_OF_NEXT);
        struct date earlier =
            date_add_span(D("2026-01-31"), long_span, -200000, MISSING_FIRST_OF_NEXT);
        assert_int_equal(later.day, after.day);
        assert_int_equal(earlier.day, before.day);
    }
    assert_int_equal(
        date_add_span(D("2199-12-31"), (struct span){1, SPAN_DAYS}, 1, MISSING_LAST_OF_MONTH).day,
        after.day);
    assert_date(date_in_month(D("2199-11-30"), 1, 31, MISSING_LAST_OF_MONTH), "2199-12-31");
    assert_int_equal(date_in_month(D("2199-12-31"), 1, 1, MISSING_LAST_OF_MONTH).day, after.day);
    assert_int_equal(date_in_month(D("1900-01-01"), -1, 1, MISSING_LAST_OF_MONTH).day, before.day);
}

static void test_span_parse(void **state)
{
    static const struct {
        const char *text;
        int32_t count;
        enum span_unit unit;
    } good[] = {
        {"6 months", 6, SPAN_MONTHS}, {"1 month", 1, SPAN_MONTHS}, {"1 months", 1, SPAN_MONTHS},
        {"0 days", 0, SPAN_DAYS},     {"2 week", 2, SPAN_WEEKS},   {"9999 years", 9999, SPAN_YEARS},
        {"007 days", 7, SPAN_DAYS},
    };
    static const char *const bad[] = {
        "",           "6",          "6 ",         "6months",    " 6 months", "6  months",
        "6 months ",  "-6 months",  "6.5 months", "six months", "6 monthss", "6 Months",
        "6 quarters", "10000 days", "s",          "1 s",        "6\tmonths",
    };
    struct span span = {77, SPAN_YEARS};
    char out[32];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (span_parse(text_of(bad[i]), &span) != FAULT_SPAN_FORM)
            fail_msg("'%s' was not refused", bad[i]);
    assert_int_equal(span.count, 77);
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_code(span_parse(text_of(good[i].text), &span), FAULT_NONE);
        assert_int_equal(span.count, good[i].count);
        assert_int_equal(span.unit, good[i].unit);
    }
    assert_string_equal(span_text(out, (struct span){1, SPAN_MONTHS}), "1 month");
    assert_string_equal(span_text(out, (struct span){90, SPAN_DAYS}), "90 days");
}

static void test_span_divide(void **state)
{
    int32_t times = -5;
    (void)state;
    assert_true(span_divide((struct span){6, SPAN_MONTHS}, (struct span){1, SPAN_MONTHS}, &times));
    assert_int_equal(times, 6);
    assert_true(span_divide((struct span){2, SPAN_YEARS}, (struct span){3, SPAN_MONTHS}, &times));
    assert_int_equal(times, 8);
    assert_true(span_divide((struct span){2, SPAN_WEEKS}, (struct span){7, SPAN_DAYS}, &times));
    assert_int_equal(times, 2);
    assert_true(span_divide((struct span){0, SPAN_DAYS}, (struct span){1, SPAN_MONTHS}, &times));
    assert_int_equal(times, 0);
    assert_false(span_divide((struct span){30, SPAN_DAYS}, (struct span){1, SPAN_MONTHS}, &times));
    assert_false(span_divide((struct span){1, SPAN_MONTHS}, (struct span){1, SPAN_WEEKS}, &times));
    assert_false(span_divide((struct span){5, SPAN_MONTHS}, (struct span){2, SPAN_MONTHS}, &times));
    assert_false(span_divide((struct span){5, SPAN_MONTHS}, (struct span){0, SPAN_MONTHS}, &times));
    assert_true(span_has_months((struct span){1, SPAN_YEARS}));
    assert_false(span_has_months((struct span){1, SPAN_WEEKS}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_day),    TEST(test_known_days),  TEST(test_parse_refusals),
        TEST(test_missing_days), TEST(test_clamp),       TEST(test_days_and_weeks),
        TEST(test_span_parse),   TEST(test_span_divide),
    };
    return RUN(tests);
}
