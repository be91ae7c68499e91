#include "date.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { YEAR_MIN = 1900, YEAR_MAX = 2199, SPAN_COUNT_DIGITS = 4, SHORTEST_MONTH = 28 };

static const struct {
    const char *name; /* singular */
    enum span_unit base;
    int32_t base_count;
} units[] = {
    [SPAN_DAYS] = {"day", SPAN_DAYS, 1},
    [SPAN_WEEKS] = {"week", SPAN_DAYS, 7},
    [SPAN_MONTHS] = {"month", SPAN_MONTHS, 1},
    [SPAN_YEARS] = {"year", SPAN_MONTHS, 12},
};

/* Years begin on 1 March here, so that the day a leap year has more is its last. */
static int32_t days_from_civil(int year, int month, int day)
{
    static const int16_t before[] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};
    unsigned years = (unsigned)(year - (month <= 2)); /* positive here */
    unsigned centuries = years / 100;
    unsigned days = 365 * years + years / 4 - centuries + centuries / 4;
    return (int32_t)days + before[month - 1] + day - 1 - 719468; /* those before 1970-01-01 */
}

bool date_in_range(struct date date)
{
    return date.day >= days_from_civil(YEAR_MIN, 1, 1) &&
           date.day <= days_from_civil(YEAR_MAX, 12, 31);
}

struct date date_of(int year, int month, int day)
{
    assert(month >= 1 && month <= 12 && day >= 1 && day <= date_month_days(year, month));
    return (struct date){days_from_civil(year, month, day)};
}

/* By multiplications in place of divisions: C. Neri, L. Schneider, Euclidean affine functions and
 * their application to calendar algorithms, Software: Practice and Experience 53 (2023). */
void date_split(struct date date, int *year, int *month, int *day)
{
    uint32_t n = 4 * (uint32_t)(date.day + 719468) + 3; /* quarters since 1 March of year 0 */
    uint32_t century = n / 146097;
    uint32_t of_century = n % 146097 | 3;
    uint64_t product = UINT64_C(2939745) * of_century;
    uint32_t year_of_century = (uint32_t)(product >> 32);
    uint32_t of_year = (uint32_t)product / 2939745 / 4;
    uint32_t from_march = 2141 * of_year + 197913;
    bool next_year = of_year >= 306; /* January, February */
    *day = (int)((from_march & 0xffff) / 2141 + 1);
    *month = (int)(from_march >> 16) - (next_year ? 12 : 0);
    *year = (int)(100 * century + year_of_century) + next_year;
}

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && leap(year));
}

static int two_digits(const char *s)
{
    return (s[0] - '0') * 10 + (s[1] - '0');
}

enum fault_code date_parse(struct text text, struct date *out)
{
    if (text.len != DATE_TEXT_LEN)
        return FAULT_DATE_FORM;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = i == 4 || i == 7;
        if (dash ? text.ptr[i] != '-' : text.ptr[i] < '0' || text.ptr[i] > '9')
            return FAULT_DATE_FORM;
    }
    int year = two_digits(text.ptr) * 100 + two_digits(text.ptr + 2);
    int month = two_digits(text.ptr + 5), day = two_digits(text.ptr + 8);
    if (month < 1 || month > 12 || day < 1 || day > date_month_days(year, month))
        return FAULT_DATE_FORM;
    if (year < YEAR_MIN || year > YEAR_MAX)
        return FAULT_DATE_RANGE;
    *out = (struct date){days_from_civil(year, month, day)};
    return FAULT_NONE;
}

static char *write_two(char *out, int number)
{
    memcpy(out, text_two_digits + 2 * number, 2);
    return out + 2;
}

char *date_write(char *out, struct date date)
{
    int year, month, day;
    date_split(date, &year, &month, &day);
    out = write_two(out, year / 100);
    out = write_two(out, year % 100);
    *out++ = '-';
    out = write_two(out, month);
    *out++ = '-';
    return write_two(out, day);
}

char *date_write_again(char *out, const struct date_writer *writer)
{
    memcpy(out, writer->text, DATE_TEXT_LEN);
    (void)write_two(out + 5, writer->month); /* into ${out}: what was just written reads slowly */
    return out + DATE_TEXT_LEN;
}

char *date_write_next(char *out, struct date_writer *writer, struct date date)
{
    bool next = writer->month > 0 && writer->month < 12 && writer->day <= SHORTEST_MONTH &&
                date.day == writer->date.day + date_month_days(writer->year, writer->month);
    writer->date = date;
    if (next) {
        writer->month++;
    } else {
        date_split(date, &writer->year, &writer->month, &writer->day);
        (void)date_write(writer->text, date);
    }
    return date_write_again(out, writer);
}

const char *date_text(char out[DATE_TEXT_LEN + 1], struct date date)
{
    *date_write(out, date) = '\0';
    return out;
}

/* Whatever lies beyond the calendar is beyond it by one day: arithmetic cannot overflow. */
static struct date clamp(int64_t day)
{
    int64_t first = days_from_civil(YEAR_MIN, 1, 1) - 1;
    int64_t last = days_from_civil(YEAR_MAX, 12, 31) + 1;
    return (struct date){(int32_t)(day < first ? first : day > last ? last : day)};
}

/* Day ${day} of the month ${index}, counted from January of year 0. */
static struct date day_of_month(int32_t index, int day, enum date_missing_day missing)
{
    if (index < YEAR_MIN * 12 || index >= (YEAR_MAX + 1) * 12)
        return clamp(index < YEAR_MIN * 12 ? INT32_MIN : INT32_MAX);
    int year = index / 12, month = index % 12 + 1;
    if (day <= SHORTEST_MONTH)
        return (struct date){days_from_civil(year, month, day)};
    int days = date_month_days(year, month);
    if (day <= days)
        return (struct date){days_from_civil(year, month, day)};
    struct date last = date_of(year, month, days);
    return missing == MISSING_LAST_OF_MONTH ? last : date_add_days(last, 1);
}

struct date_origin date_origin_of(struct date date)
{
    int year, month, day;
    date_split(date, &year, &month, &day);
    return (struct date_origin){date, year * 12 + (month - 1), day};
}

struct date date_origin_in_month(const struct date_origin *from, int32_t months, int day,
                                 enum date_missing_day missing)
{
    return day_of_month(from->month + months, day, missing);
}

struct date date_origin_add_span(const struct date_origin *from, struct span span, int32_t times,
                                 enum date_missing_day missing)
{
    const int64_t calendar_months =
        12 * (YEAR_MAX - YEAR_MIN + 2); /* more lead out of it from any day */
    int64_t steps = (int64_t)span.count * units[span.unit].base_count * times;
    if (units[span.unit].base == SPAN_DAYS)
        return clamp(from->date.day + steps);
    if (steps < -calendar_months || steps > calendar_months)
        return clamp(steps < 0 ? INT32_MIN : INT32_MAX);
    return day_of_month(from->month + (int32_t)steps, from->day, missing);
}

struct date date_in_month(struct date from, int32_t months, int day, enum date_missing_day missing)
{
    struct date_origin origin = date_origin_of(from);
    return date_origin_in_month(&origin, months, day, missing);
}

struct date date_add_span(struct date from, struct span span, int32_t times,
                          enum date_missing_day missing)
{
    struct date_origin origin = date_origin_of(from);
    return date_origin_add_span(&origin, span, times, missing);
}

struct date date_add_months(struct date from, int32_t months)
{
    return date_add_span(from, (struct span){months, SPAN_MONTHS}, 1, MISSING_LAST_OF_MONTH);
}

int32_t date_months_between(struct date from, struct date upto)
{
    int year, month, day, upto_year, upto_month, upto_day;
    date_split(from, &year, &month, &day);
    date_split(upto, &upto_year, &upto_month, &upto_day);
    int32_t months = (upto_year - year) * 12 + upto_month - month;
    if (date_before(upto, date_add_months(from, months)))
        months--;
    return months;
}

enum fault_code span_parse(struct text text, struct span *out)
{
    size_t i = 0;
    int32_t count = 0;
    while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9') {
        if (i == SPAN_COUNT_DIGITS)
            return FAULT_SPAN_FORM;
        count = count * 10 + (text.ptr[i++] - '0');
    }
    if (i == 0 || i + 1 >= text.len || text.ptr[i] != ' ')
        return FAULT_SPAN_FORM;
    struct text word = {text.ptr + i + 1, text.len - i - 1};
    if (word.ptr[word.len - 1] == 's')
        word.len--;
    for (unsigned unit = SPAN_DAYS; unit <= SPAN_YEARS; unit++) {
        if (!text_is(word, units[unit].name))
            continue;
        *out = (struct span){count, (enum span_unit)unit};
        return FAULT_NONE;
    }
    return FAULT_SPAN_FORM;
}

bool span_has_months(struct span span)
{
    return units[span.unit].base == SPAN_MONTHS;
}

bool span_divide(struct span whole, struct span part, int32_t *times)
{
    int32_t whole_count = whole.count * units[whole.unit].base_count;
    int32_t part_count = part.count * units[part.unit].base_count;
    if (whole_count == 0) {
        *times = 0;
        return true;
    }
    if (units[whole.unit].base != units[part.unit].base || part_count == 0)
        return false;
    *times = whole_count / part_count;
    return whole_count % part_count == 0;
}

const char *span_text(char out[32], struct span span)
{
    (void)snprintf(out, 32, "%d %s%s", span.count, units[span.unit].name,
                   span.count == 1 ? "" : "s");
    return out;
}
