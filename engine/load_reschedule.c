#include "load.h"

enum { ROW_MAX = 999999999 };

/* What a kind takes of the columns that only a reschedule has. */
enum need { NOT_TAKEN, TAKEN, NEEDED };

struct kind {
    const char *name;
    enum need row, due, installments, every, grace;
};

static const struct kind kinds[] = {
    [RULE_RESCHEDULE_MOVE] = {.name = "move", .row = TAKEN, .due = NEEDED},
    [RULE_RESCHEDULE_EXTEND] = {"extend", TAKEN, .installments = NEEDED, .every = TAKEN},
    [RULE_RESCHEDULE_GRACE] = {.name = "grace", .row = TAKEN, .grace = NEEDED},
    [RULE_RESCHEDULE_RE_AGE] = {"re-age", .due = NEEDED, .installments = NEEDED, .every = TAKEN},
    [RULE_RESCHEDULE_RE_AMORTIZE] = {.name = "re-amortize"},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static struct text nth_kind(const void *unused, size_t i)
{
    (void)unused;
    return text_of(kinds[i].name);
}

static bool read_kind(struct load *load, struct load_row *row, enum rule_reschedule *out)
{
    char quoted[TEXT_QUOTE_MAX];
    struct text name = load_field(row, EVENT_KIND);
    if (name.len == 0)
        return false; /* noted already */
    for (unsigned i = 0; i < KINDS; i++) {
        *out = (enum rule_reschedule)i;
        if (text_is(name, kinds[i].name))
            return true;
    }
    struct text near = text_nearest(name, KINDS, nth_kind, NULL);
    (void)text_quote(quoted, name);
    if (near.len > 0)
        load_fault(load, row, EVENT_KIND, FAULT_KIND_UNKNOWN,
                   "no kind %s of reschedule; did you mean '%.*s'?", quoted, (int)near.len,
                   near.ptr);
    else
        load_fault(load, row, EVENT_KIND, FAULT_KIND_UNKNOWN,
                   "no kind %s of reschedule; there are move, extend, grace, re-age, re-amortize",
                   quoted);
    return false;
}

/* Whether the column is filled, and should be. */
static bool is_there(struct load *load, struct load_row *row, enum event_column column,
                     enum need need, const struct kind *kind)
{
    char quoted[TEXT_QUOTE_MAX];
    const char *name = load_event_columns[column].name;
    struct text field = load_field(row, column);
    if (field.len == 0 && need == NEEDED)
        load_fault(load, row, (int)column, FAULT_COLUMN_REQUIRED, "%s is empty; kind %s needs it",
                   name, kind->name);
    if (field.len > 0 && need == NOT_TAKEN)
        load_fault(load, row, (int)column, FAULT_COLUMN_NOT_TAKEN,
                   "%s %s: kind %s does not take this column", name, text_quote(quoted, field),
                   kind->name);
    return field.len > 0 && need != NOT_TAKEN;
}

static void read_span(struct load *load, struct load_row *row, enum event_column column,
                      struct span *out)
{
    char quoted[TEXT_QUOTE_MAX];
    struct text field = load_field(row, column);
    if (span_parse(field, out) != FAULT_NONE || out->count == 0)
        load_fault(load, row, (int)column, FAULT_SPAN_FORM,
                   "%s %s is not a span above zero, such as 6 months",
                   load_event_columns[column].name, text_quote(quoted, field));
}

void load_reschedule(struct load *load, struct load_row *row, struct event *event)
{
    struct event_terms *terms = ARENA_ARRAY(load->arena, struct event_terms, 1);
    event->terms = terms;
    if (!read_kind(load, row, &terms->kind))
        return;
    const struct kind *kind = &kinds[terms->kind];
    (void)is_there(load, row, EVENT_DUE, kind->due, kind);
    if (is_there(load, row, EVENT_ROW, kind->row, kind))
        (void)load_event_number(load, row, EVENT_ROW, 1, ROW_MAX, &terms->row);
    if (is_there(load, row, EVENT_INSTALLMENTS, kind->installments, kind))
        (void)load_event_number(load, row, EVENT_INSTALLMENTS, 1, RULE_INSTALLMENTS_MAX,
                                &terms->installments);
    if (is_there(load, row, EVENT_EVERY, kind->every, kind))
        read_span(load, row, EVENT_EVERY, &terms->every);
    if (is_there(load, row, EVENT_GRACE, kind->grace, kind))
        read_span(load, row, EVENT_GRACE, &terms->grace);
}
