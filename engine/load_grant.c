#include "load.h"

#include "rule_check.h"

/* --- the row of a grant --- */

static const char *amount_text(struct load *load, const struct grant *grant, struct amount amount)
{
    char *text = arena_alloc(load->arena, amount_text_size(amount) + 1);
    *amount_write(text, amount, grant->program->decimals) = '\0';
    return text;
}

static void plan_tranches(struct load *load, struct load_row *row, struct grant *grant)
{
    unsigned count = grant->rules->value[RULE_TRANCHES].count;
    struct amount *planned = ARENA_ARRAY(load->arena, struct amount, count);
    grant->planned = planned;
    if (!rule_tranches(load->arena, grant->rules, grant->award, planned))
        load_fault(load, row, GRANT_AWARD, FAULT_TRANCHES_SUM,
                   "the tranches do not add up to an award of %s, or one of them gets nothing",
                   amount_text(load, grant, grant->award));
}

void load_grant_limits(struct load *load, struct load_row *row, struct grant *grant)
{
    grant->rules = program_at(grant->program, grant->agreed);
    struct amount least = rule_amount(grant->rules, RULE_AWARD_MIN);
    struct amount most = rule_amount(grant->rules, RULE_AWARD_MAX);
    bool below = amount_compare(grant->award, least) < 0;
    char day[DATE_TEXT_LEN + 1];
    if (date_before(grant->agreed, grant->program->in_force))
        load_fault(load, row, GRANT_AGREED, FAULT_AGREED_BEFORE_IN_FORCE,
                   "agreed before the program was in force, %s",
                   date_text(day, grant->program->in_force));
    if (below || amount_compare(grant->award, most) > 0)
        load_fault(load, row, GRANT_AWARD, below ? FAULT_AWARD_MIN : FAULT_AWARD_MAX,
                   "award %s is outside the program's %s..%s",
                   amount_text(load, grant, grant->award), amount_text(load, grant, least),
                   amount_text(load, grant, most));
    else
        plan_tranches(load, row, grant);
}

/* --- what events say of the rules --- */

/* Names that an event may refer to, of one version or of several. */
struct names {
    struct text *list;
    size_t count;
    size_t room;
};

static void add_name(struct arena *arena, struct names *names, struct text name)
{
    names->list = arena_grow(arena, names->list, names->count, &names->room, sizeof *names->list);
    names->list[names->count++] = name;
}

static void add_ids(struct arena *arena, struct names *names, const struct rule_scope *rules,
                    enum rule_key list, enum rule_key id)
{
    for (unsigned i = 0; i < rules->value[list].count; i++)
        add_name(arena, names, rules->value[list].items[i]->value[id].text);
}

/* The events that a condition asks for. */
static void add_events(struct arena *arena, struct names *names, const struct rule_scope *condition)
{
    static const enum rule_key lists[] = {RULE_CONDITION_ALL, RULE_CONDITION_ANY};
    if (condition->value[RULE_CONDITION_EVENT].set)
        add_name(arena, names, condition->value[RULE_CONDITION_EVENT].text);
    for (unsigned l = 0; l < sizeof lists / sizeof *lists; l++)
        for (unsigned i = 0; i < condition->value[lists[l]].count; i++)
            add_events(arena, names, condition->value[lists[l]].items[i]);
}

static void add_events_of(struct arena *arena, struct names *names, const struct rule_scope *rules,
                          enum rule_key list, enum rule_key condition)
{
    for (unsigned i = 0; i < rules->value[list].count; i++)
        add_events(arena, names, rules->value[list].items[i]->value[condition].items[0]);
}

/* What the ref of an event of this type may say; the word for it. */
static const char *names_of(struct arena *arena, const struct grant *grant, enum event_type type,
                            struct names *names)
{
    const struct program *program = grant->program;
    if (type == EVENT_PAY) {
        add_ids(arena, names, grant->rules, RULE_TRANCHES, RULE_TRANCHES_ID);
        return "tranche";
    }
    if (type != EVENT_EVENT && type != EVENT_NOTICE) {
        add_ids(arena, names, grant->rules, RULE_REPORTS, RULE_REPORTS_ID);
        return "report";
    }
    if (type == EVENT_EVENT)
        add_events_of(arena, names, grant->rules, RULE_TRANCHES, RULE_TRANCHES_RELEASE);
    for (unsigned i = 0; i < program->count; i++) {
        const struct rule_scope *rules = program->versions[i].rules;
        if (type == EVENT_NOTICE)
            add_ids(arena, names, rules, RULE_CLAWBACK_CLAUSES, RULE_CLAWBACK_CLAUSES_ID);
        else
            add_events_of(arena, names, rules, RULE_CLAWBACK_CLAUSES, RULE_CLAWBACK_CLAUSES_WHEN);
    }
    return type == EVENT_NOTICE ? "clause" : "condition for an event";
}

static struct text nth_name(const void *names, size_t i)
{
    return ((const struct names *)names)->list[i];
}

void load_grant_event(struct load *load, struct load_row *row, const struct grant *grant,
                      const struct event *event)
{
    char quoted[TEXT_QUOTE_MAX];
    struct names names = {0};
    if (event->type == EVENT_TYPES || grant->rules == NULL ||
        (event_kind(event->type)->columns & EVENT_NAMES_REF) == 0 || event->ref.len == 0)
        return;
    const char *what = names_of(load->arena, grant, event->type, &names);
    for (size_t i = 0; i < names.count; i++)
        if (text_equal(names.list[i], event->ref))
            return;
    struct text near = text_nearest(event->ref, names.count, nth_name, &names);
    (void)text_quote(quoted, event->ref);
    if (near.len > 0)
        load_fault(load, row, EVENT_REF, FAULT_REF_UNKNOWN,
                   "the grant has no %s %s; did you mean '%.*s'?", what, quoted, (int)near.len,
                   near.ptr);
    else
        load_fault(load, row, EVENT_REF, FAULT_REF_UNKNOWN, "the grant has no %s %s", what, quoted);
}
