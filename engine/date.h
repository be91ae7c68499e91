/*
 * Civil dates of the proleptic Gregorian calendar, 1900-01-01..2199-12-31.  No clock, no time zone.
 * Month arithmetic always says what becomes of a day that the month does not have.
 */
#ifndef NOL_DATE_H
#define NOL_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "text.h"

struct date {
    int32_t day; /* days since 1970-01-01 */
};

#define DATE_NONE ((struct date){INT32_MIN})      /* no date */
#define DATE_UNLIMITED ((struct date){INT32_MAX}) /* later than any date */

enum { DATE_TEXT_LEN = 10 };

enum date_missing_day { MISSING_LAST_OF_MONTH, MISSING_FIRST_OF_NEXT };

enum span_unit { SPAN_DAYS, SPAN_WEEKS, SPAN_MONTHS, SPAN_YEARS };

struct span {
    int32_t count;
    enum span_unit unit;
};

static inline bool date_is_set(struct date date)
{
    return date.day != INT32_MIN;
}

static inline bool date_before(struct date a, struct date b)
{
    return a.day < b.day;
}

static inline bool date_equal(struct date a, struct date b)
{
    return a.day == b.day;
}

static inline struct date date_add_days(struct date date, int32_t days)
{
    return (struct date){date.day + days};
}

/** date_in_range(date): whether it lies in 1900-01-01..2199-12-31. */
bool date_in_range(struct date date);

/** date_of(year, month, day): requires a day that exists. */
struct date date_of(int year, int month, int day);

/** date_split(date, year, month, day): the date in civil parts. */
void date_split(struct date date, int *year, int *month, int *day);

/** date_month_days(year, month): 28..31. */
int date_month_days(int year, int month);

/**
 * date_parse(text, out): read YYYY-MM-DD.
 * Returns FAULT_NONE, FAULT_DATE_FORM (which includes a day that does not exist) or
 * FAULT_DATE_RANGE.
 */
enum fault_code date_parse(struct text text, struct date *out);

/** date_write(out, date): write YYYY-MM-DD, return the end; no NUL. */
char *date_write(char *out, struct date date);

/* The date written last, where the next one is often a month later. */
struct date_writer {
    struct date date;
    int year, month, day;     /* month 0: none yet */
    char text[DATE_TEXT_LEN]; /* of this year and day; its month may be an earlier one */
};

/** date_write_next(out, writer, date): as date_write(), and remembered in ${writer}. */
char *date_write_next(char *out, struct date_writer *writer, struct date date);

/** date_write_again(out, writer): the date written last. */
char *date_write_again(char *out, const struct date_writer *writer);

/** date_text(out, date): as date_write(), NUL-terminated, for messages; returns ${out}. */
const char *date_text(char out[DATE_TEXT_LEN + 1], struct date date);

/**
 * date_in_month(from, months, day, missing):
 * Day ${day} (1..31) of the month ${months} months after the month of ${from}; where that month has
 * no such day: its last day, or the first of the month after.
 */
struct date date_in_month(struct date from, int32_t months, int day, enum date_missing_day missing);

/**
 * date_add_span(from, span, times, missing): from + times * span in one step.  This and
 * date_in_month() give a day just outside the calendar (date_in_range() tells) for everything
 * beyond it; |times| <= 200000.
 */
struct date date_add_span(struct date from, struct span span, int32_t times,
                          enum date_missing_day missing);

/* A date taken apart once, for counting many dates from it. */
struct date_origin {
    struct date date;
    int32_t month; /* counted from January of year 0 */
    int32_t day;   /* of the month */
};

struct date_origin date_origin_of(struct date date);

/** date_origin_in_month(), date_origin_add_span(): as date_in_month() and date_add_span(). */
struct date date_origin_in_month(const struct date_origin *from, int32_t months, int day,
                                 enum date_missing_day missing);
struct date date_origin_add_span(const struct date_origin *from, struct span span, int32_t times,
                                 enum date_missing_day missing);

/** date_add_months(from, months): the month arithmetic of deadlines: last-of-month. */
struct date date_add_months(struct date from, int32_t months);

/** date_months_between(from, upto): whole months: the largest m with from + m months <= upto, which
 * is not before ${from}. */
int32_t date_months_between(struct date from, struct date upto);

/** span_parse(text, out): read `6 months`, `1 day`.  Returns FAULT_NONE or FAULT_SPAN_FORM. */
enum fault_code span_parse(struct text text, struct span *out);

/** span_has_months(span): whether it is counted in months or years. */
bool span_has_months(struct span span);

/**
 * span_divide(whole, part, times):
 * How often ${part} goes into ${whole}; false when it does not go in a whole number of times (days
 * and weeks do not measure months).
 */
bool span_divide(struct span whole, struct span part, int32_t *times);

/** span_text(out, span): `6 months`, for messages; returns ${out}. */
const char *span_text(char out[32], struct span span);

#endif
