#include "event.h"

#include <stdlib.h>

static const struct event_kind kinds[EVENT_TYPES] = {
#define EVENT(id, name, amount, columns, meaning)                                                  \
    [EVENT_##id] = {name, EVENT_AMOUNT_##amount, columns, meaning},
#include "event.def"
#undef EVENT
};

const struct event_kind *event_kind(enum event_type type)
{
    return &kinds[type];
}

enum event_type event_type_of(struct text name)
{
    unsigned type = 0;
    if (name.len == 0)
        return EVENT_TYPES;
    if (text_is(name, kinds[EVENT_REPAY].name)) /* nearly all events of a book */
        return EVENT_REPAY;
    while (type < EVENT_TYPES &&
           (kinds[type].name[0] != name.ptr[0] || !text_is(name, kinds[type].name)))
        type++;
    return (enum event_type)type;
}

struct text event_name(const struct event *event)
{
    return event->type == EVENT_OWN ? event->own->name : text_of(kinds[event->type].name);
}

int event_compare(const struct event *a, const struct event *b)
{
    if (a->date.day != b->date.day)
        return (a->date.day > b->date.day) - (a->date.day < b->date.day);
    if (a->seq != b->seq)
        return (a->seq > b->seq) - (a->seq < b->seq);
    if (a->type != b->type && !(event_is_payment(a->type) && event_is_payment(b->type)))
        return (a->type > b->type) - (a->type < b->type);
    return text_compare(a->id, b->id);
}

static int compare_pointers(const void *a, const void *b)
{
    return event_compare(*(struct event *const *)a, *(struct event *const *)b);
}

void event_sort(struct event **events, size_t count)
{
    bool sorted = true;
    for (size_t i = 1; i < count && sorted; i++)
        sorted = event_compare(events[i - 1], events[i]) <= 0;
    if (!sorted)
        qsort(events, count, sizeof *events, compare_pointers);
}

bool event_recorded_before(const struct event *a, const struct event *b)
{
    if (a->recorded.day != b->recorded.day)
        return a->recorded.day < b->recorded.day;
    return text_compare(a->id, b->id) < 0;
}

static int compare_latest_first(const void *a, const void *b)
{
    const struct event *left = *(struct event *const *)a, *right = *(struct event *const *)b;
    return event_recorded_before(right, left) ? -1 : event_recorded_before(left, right);
}

void event_resolve(struct event **events, size_t count, struct event **reverses, struct date as_of,
                   struct date known_at)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        struct event *event = events[i];
        event->known = event->recorded.day <= known_at.day;
        event->removed_by = NULL;
        if (event->type == EVENT_REVERSE && event->known)
            reverses[found++] = event;
    }
    if (found > 1)
        qsort(reverses, found, sizeof *reverses, compare_latest_first);
    /* A reverse can only be removed by a later one: from the last to the first all is decided.  Of
     * several live reverses of one event the first recorded is met last and stays. */
    for (size_t i = 0; i < found; i++)
        if (reverses[i]->removed_by == NULL)
            reverses[i]->target->removed_by = reverses[i];
    for (size_t i = 0; i < count; i++) {
        struct event *event = events[i];
        event->counts = event->known && event->removed_by == NULL && event->date.day <= as_of.day;
    }
}

bool event_was_overtaken(struct event *const *events, size_t count, const struct event *event)
{
    for (size_t i = 0; i < count; i++) {
        const struct event *other = events[i];
        if (other->known && other->removed_by == NULL &&
            other->recorded.day > event->recorded.day && other->date.day <= event->date.day)
            return true;
    }
    return false;
}
