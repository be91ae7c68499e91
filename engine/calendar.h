/*
 * Calendars (design 4.3): which days are no business days.  A file `nol: calendar/1` among the
 * rules; its keys stand in rule_keys.def under `calendar`.
 */
#ifndef NOL_CALENDAR_H
#define NOL_CALENDAR_H

#include "rule.h"

struct calendar {
    struct text id;
    struct place id_at;
    bool has_source;
    struct date from, until;     /* outside every day is a business day */
    int32_t weekend;             /* bit 0: Monday */
    const struct date *holidays; /* sorted */
    unsigned holiday_count;
};

struct calendars {
    const struct calendar *const *list;
    unsigned count;
};

/** calendar_is(root): whether the file's tree says that it is a calendar. */
bool calendar_is(const struct yaml_node *root);

/** calendar_read(arena, root, faults): the calendar of a tree; NULL after a fault. */
const struct calendar *calendar_read(struct arena *arena, const struct yaml_node *root,
                                     struct faults *faults);

/** calendar_find(calendars, id): the one with this id, NULL if there is none. */
const struct calendar *calendar_find(const struct calendars *calendars, struct text id);

/** calendar_is_business(calendar, date): whether it is a business day. */
bool calendar_is_business(const struct calendar *calendar, struct date date);

/** calendar_next(), calendar_previous(): the nearest business day on or after, on or before. */
struct date calendar_next(const struct calendar *calendar, struct date date);
struct date calendar_previous(const struct calendar *calendar, struct date date);

#endif
