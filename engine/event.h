/*
 * What happens to an account: typed events, which of them count, and their total order (semantics
 * 2, 3).
 */
#ifndef NOL_EVENT_H
#define NOL_EVENT_H

#include "row.h"
#include "rule_check.h"

enum event_type {
#define EVENT(id, name, amount, columns, meaning) EVENT_##id,
#include "event.def"
#undef EVENT
    EVENT_TYPES
};

enum event_amount {
    EVENT_AMOUNT_POSITIVE,
    EVENT_AMOUNT_ZERO_OK,
    EVENT_AMOUNT_OPTIONAL,
    EVENT_AMOUNT_NO_AMOUNT
};

enum event_columns {
    EVENT_TAKES_NOTHING = 0,
    EVENT_NEEDS_DOCUMENT = 1,
    EVENT_NEEDS_REF = 2,
    EVENT_TAKES_REF = 4,
    EVENT_NEEDS_COMPONENT = 8,
    EVENT_TAKES_DUE = 16,
    EVENT_NEEDS_KIND = 64,
    EVENT_TAKES_TERMS = 128,        /* row, installments, every, grace: as the kind says */
    EVENT_NAMES_REF = 1 << 16,      /* ref is a name of the rules, not an event */
    EVENT_NEEDS_CATEGORY = 1 << 17, /* component is a category of costs */
};

struct event_kind {
    const char *name;
    enum event_amount amount;
    unsigned columns; /* a set of enum event_columns */
    const char *meaning;
};

/* What an event `reschedule` asks for. */
struct event_terms {
    enum rule_reschedule kind;
    int32_t row;          /* 0: none named */
    int32_t installments; /* 0: none */
    struct span every;    /* count 0: none */
    struct span grace;    /* the same */
};

struct event {
    enum event_type type;
    struct text id;
    struct text document;
    struct text ref;
    struct text kind; /* of a spend: the category */
    struct date date;
    struct date recorded;
    int32_t seq;
    enum component component;
    struct date due; /* DATE_NONE: none */
    struct amount amount;
    const struct event_terms *terms; /* of a reschedule; else NULL */
    const struct rule_scope *own;    /* of EVENT_OWN: the program's type, by its name; else NULL */
    int32_t charged_n;               /* of a charge that was applied: the row it is due in */
    struct event *target;            /* the event that ref names, once event_link() found it */
    const void *origin;              /* where the loader found it; for messages only */
    /* answers of event_resolve() for one known-at and as-of: */
    bool known;                     /* recorded by known-at */
    const struct event *removed_by; /* the first live reverse of it, NULL: none */
    bool counts;                    /* known, dated by as-of, not removed */
};

const struct event_kind *event_kind(enum event_type type);

/** event_type_of(name): the type of this name, EVENT_TYPES if there is none. */
enum event_type event_type_of(struct text name);

/** event_name(event): its type as written in events.csv. */
struct text event_name(const struct event *event);

/** event_is_payment(type): `repay`, or a type of the program's own. */
static inline bool event_is_payment(enum event_type type)
{
    return type == EVENT_REPAY || type == EVENT_OWN;
}

/** event_is_of_grants(type), event_is_of_loans(type): whether accounts of that kind take it. */
static inline bool event_is_of_grants(enum event_type type)
{
    return type <= EVENT_NOTICE || type == EVENT_CANCEL || type == EVENT_REVERSE;
}

static inline bool event_is_of_loans(enum event_type type)
{
    return type > EVENT_NOTICE;
}

/** event_compare(a, b): the total order of one account's events: date, seq, type, id. */
int event_compare(const struct event *a, const struct event *b);

/** event_sort(events, count): into the total order. */
void event_sort(struct event **events, size_t count);

/** event_recorded_before(a, b): the order of reverses: recorded, then id. */
bool event_recorded_before(const struct event *a, const struct event *b);

/**
 * event_resolve(events, count, reverses, as_of, known_at):
 * Decide for events[0..count-1], which hold all events of the account with targets linked, which
 * are known, which are removed by a live reverse and which count.  ${reverses} is scratch for
 * ${count} pointers.
 */
void event_resolve(struct event **events, size_t count, struct event **reverses, struct date as_of,
                   struct date known_at);

/**
 * event_was_overtaken(events, count, event):
 * Whether some known event that is not removed was recorded after ${event} and is dated on or
 * before it: then a booking with nothing left to act on was right when it was made (semantics 3).
 */
bool event_was_overtaken(struct event *const *events, size_t count, const struct event *event);

#endif
