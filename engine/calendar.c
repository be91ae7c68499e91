#include "calendar.h"

#include <stdlib.h>

enum { WEEK = 7, EVERY_DAY = (1 << WEEK) - 1, EPOCH_WEEKDAY = 3 /* 1970-01-01 was a Thursday */ };

bool calendar_is(const struct yaml_node *root)
{
    const struct yaml_node *version = yaml_find(root, text_of("nol"));
    return version != NULL && version->kind == YAML_TEXT &&
           text_equal(version->text, rule_allowed(RULE_CALENDAR_NOL, 0));
}

static int compare_dates(const void *a, const void *b)
{
    const struct date *left = a, *right = b;
    return (left->day > right->day) - (left->day < right->day);
}

static const struct date *holidays_of(struct arena *arena, const struct rule_value *holidays)
{
    struct date *dates = ARENA_ARRAY(arena, struct date, holidays->count + 1);
    for (unsigned i = 0; i < holidays->count; i++)
        dates[i] = holidays->items[i]->value[RULE_CALENDAR_HOLIDAYS_DATE].date;
    qsort(dates, holidays->count, sizeof *dates, compare_dates);
    return dates;
}

static void check(const struct rule_scope *scope, struct faults *faults)
{
    const struct rule_value *from = &scope->value[RULE_CALENDAR_FROM];
    const struct rule_value *until = &scope->value[RULE_CALENDAR_UNTIL];
    const struct rule_value *weekend = &scope->value[RULE_CALENDAR_WEEKEND];
    const struct rule_value *holidays = &scope->value[RULE_CALENDAR_HOLIDAYS];
    if (date_before(until->date, from->date)) {
        fault_add(faults, FAULT_RULE_LIMITS, until->at, "calendar.until is before calendar.from");
        return;
    }
    if (weekend->set && weekend->number == EVERY_DAY)
        fault_add(faults, FAULT_RULE_LIMITS, weekend->at,
                  "calendar.weekend leaves no business day");
    for (unsigned i = 0; i < holidays->count; i++) {
        const struct rule_value *date = &holidays->items[i]->value[RULE_CALENDAR_HOLIDAYS_DATE];
        if (date_before(date->date, from->date) || date_before(until->date, date->date))
            fault_add(faults, FAULT_RULE_LIMITS, date->at,
                      "holiday %.*s is outside calendar.from..calendar.until", (int)date->text.len,
                      date->text.ptr);
    }
}

const struct calendar *calendar_read(struct arena *arena, const struct yaml_node *root,
                                     struct faults *faults)
{
    uint64_t before = faults->total;
    const struct rule_scope *scope = rule_compile_other(arena, root, "calendar", faults);
    if (faults->total == before)
        check(scope, faults);
    if (faults->total != before)
        return NULL;
    const struct rule_value *weekend = &scope->value[RULE_CALENDAR_WEEKEND];
    struct calendar *calendar = ARENA_ARRAY(arena, struct calendar, 1);
    *calendar = (struct calendar){
        .id = scope->value[RULE_CALENDAR_ID].text,
        .id_at = scope->value[RULE_CALENDAR_ID].at,
        .has_source = rule_is_set(scope, RULE_CALENDAR_SOURCE),
        .from = scope->value[RULE_CALENDAR_FROM].date,
        .until = scope->value[RULE_CALENDAR_UNTIL].date,
        .weekend = weekend->set ? weekend->number : 0,
        .holidays = holidays_of(arena, &scope->value[RULE_CALENDAR_HOLIDAYS]),
        .holiday_count = scope->value[RULE_CALENDAR_HOLIDAYS].count,
    };
    return calendar;
}

const struct calendar *calendar_find(const struct calendars *calendars, struct text id)
{
    for (unsigned i = 0; i < calendars->count; i++)
        if (text_equal(calendars->list[i]->id, id))
            return calendars->list[i];
    return NULL;
}

static bool is_holiday(const struct calendar *calendar, struct date date)
{
    unsigned low = 0, high = calendar->holiday_count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (date_before(calendar->holidays[middle], date))
            low = middle + 1;
        else
            high = middle;
    }
    return low < calendar->holiday_count && date_equal(calendar->holidays[low], date);
}

bool calendar_is_business(const struct calendar *calendar, struct date date)
{
    int weekday = ((date.day + EPOCH_WEEKDAY) % WEEK + WEEK) % WEEK;
    if (date_before(date, calendar->from) || date_before(calendar->until, date))
        return true;
    return (calendar->weekend >> weekday & 1) == 0 && !is_holiday(calendar, date);
}

struct date calendar_next(const struct calendar *calendar, struct date date)
{
    while (!calendar_is_business(calendar, date))
        date = date_add_days(date, 1);
    return date;
}

struct date calendar_previous(const struct calendar *calendar, struct date date)
{
    while (!calendar_is_business(calendar, date))
        date = date_add_days(date, -1);
    return date;
}
