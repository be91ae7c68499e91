/*
 * From a case that breaks a law to the smallest one that still does: nothing of it can be left out
 * or made plainer.
 */
#ifndef NOL_LAWS_SHRINK_H
#define NOL_LAWS_SHRINK_H

#include "laws_case.h"

/* A law of one case: NULL when it holds, or when the case is refused; else how it is broken. */
struct case_law {
    const char *name;
    const char *(*broken)(const struct laws_case *drawn);
};

static bool shrink_keep(const struct case_law *law, struct laws_case *best,
                        const struct laws_case *smaller)
{
    struct laws_case candidate = *smaller;
    if (law->broken(&candidate) == NULL)
        return false;
    *best = candidate;
    return true;
}

/* Leave out ${width} events at a time, the last ones first: what refers goes before what is
 * referred to. */
static bool shrink_events(const struct case_law *law, struct laws_case *best, unsigned width)
{
    bool shrunk = false;
    for (unsigned end = best->count; end >= width; end--) {
        struct laws_case smaller = *best;
        unsigned behind = smaller.count - end;
        memmove(&smaller.events[end - width], &best->events[end], behind * sizeof *best->events);
        smaller.count -= width;
        shrunk = shrink_keep(law, best, &smaller) || shrunk;
        if (end > best->count)
            end = best->count + 1;
    }
    return shrunk;
}

/* A number nearer to 1: 1 itself, the half, one less. */
static int64_t shrink_number(int64_t number, unsigned attempt)
{
    return attempt == 0 ? 1 : attempt == 1 ? number / 2 : number - 1;
}

/* Cells that need not be filled become empty, amounts smaller, dates those of the start. */
static bool shrink_cell(const struct case_law *law, struct laws_case *best, unsigned i,
                        unsigned column)
{
    struct laws_case smaller = *best;
    char *cell = smaller.events[i].field[column];
    bool named = column == EVENT_EVENT_ID || column == EVENT_ACCOUNT_ID || column == EVENT_TYPE;
    if (named || *cell == '\0')
        return false;
    *cell = '\0';
    if (column != EVENT_DATE && shrink_keep(law, best, &smaller))
        return true;
    if (column == EVENT_DATE || column == EVENT_DUE) {
        (void)snprintf(cell, CASE_FIELD, "%s", date_string(best->start));
        return strcmp(cell, best->events[i].field[column]) != 0 && shrink_keep(law, best, &smaller);
    }
    int64_t number = strtoll(best->events[i].field[column], NULL, 10);
    for (unsigned attempt = 0; column == EVENT_AMOUNT && number > 1 && attempt < 3; attempt++) {
        (void)snprintf(cell, CASE_FIELD, "%lld", (long long)shrink_number(number, attempt));
        if (shrink_keep(law, best, &smaller))
            return true;
    }
    return false;
}

/* A payment of a type of the program's own becomes a plain one. */
static bool shrink_type(const struct case_law *law, struct laws_case *best, unsigned i)
{
    struct laws_case smaller = *best;
    if (best->events[i].type != EVENT_OWN)
        return false;
    smaller.events[i].type = EVENT_REPAY;
    (void)snprintf(smaller.events[i].field[EVENT_TYPE], CASE_FIELD, "repay");
    return shrink_keep(law, best, &smaller);
}

/* The loan itself: its plainest program, paid out at once, a small principal, an early end. */
static bool shrink_loan(const struct case_law *law, struct laws_case *best)
{
    bool shrunk = false;
    struct laws_case smaller;
    for (unsigned i = 0; i < CASE_CLAUSES; i++) {
        smaller = *best;
        smaller.variant[i] = 0;
        shrunk = (best->variant[i] != 0 && shrink_keep(law, best, &smaller)) || shrunk;
    }
    smaller = *best;
    smaller.by_events = false;
    if (best->by_events && best->count > 0) { /* with the event that paid out */
        smaller.count--;
        memmove(&smaller.events[0], &best->events[1], smaller.count * sizeof *best->events);
        shrunk = shrink_keep(law, best, &smaller) || shrunk;
    }
    smaller = *best;
    smaller.principal = 200;
    shrunk = (best->principal > 200 && shrink_keep(law, best, &smaller)) || shrunk;
    for (int32_t days = best->as_of.day - best->start.day; days > 0; days /= 2) {
        smaller = *best;
        smaller.as_of = date_add_days(best->as_of, -days);
        if (!date_before(smaller.as_of, best->start))
            shrunk = shrink_keep(law, best, &smaller) || shrunk;
    }
    return shrunk;
}

/** shrink(law, broken): the smallest case that breaks the law as ${broken} does. */
static struct laws_case shrink(const struct case_law *law, const struct laws_case *broken)
{
    struct laws_case best = *broken;
    bool shrunk = true;
    while (shrunk) {
        shrunk = false;
        for (unsigned width = best.count; width > 0; width /= 2)
            shrunk = shrink_events(law, &best, width) || shrunk;
        shrunk = shrink_loan(law, &best) || shrunk;
        for (unsigned i = 0; i < best.count; i++)
            shrunk = shrink_type(law, &best, i) || shrunk;
        for (unsigned i = 0; i < best.count; i++)
            for (unsigned column = 0; column < EVENT_COLUMNS; column++)
                shrunk = shrink_cell(law, &best, i, column) || shrunk;
    }
    return best;
}

#endif
