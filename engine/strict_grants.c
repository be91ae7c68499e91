#include "rule_condition.h"
#include "rule_strict.h"

/* Which tranches can be paid: as far as found. */
struct reach {
    const struct strict *strict;
    bool *payable; /* by tranche */
};

/* The place in the list of the element with this id; rule_check() has seen to it that it is there.
 */
static unsigned index_of(const struct rule_value *list, enum rule_key id, struct text name)
{
    unsigned i = 0;
    while (i + 1 < list->count && !text_equal(list->items[i]->value[id].text, name))
        i++;
    return i;
}

static bool can_be_paid(const struct reach *reach, struct text name)
{
    const struct rule_value *tranches = strict_value(reach->strict, RULE_TRANCHES);
    return reach->payable[index_of(tranches, RULE_TRANCHES_ID, name)];
}

/* Whether the date can come about. */
static bool can_happen(const struct reach *reach, const struct rule_value *date)
{
    bool any = false;
    switch ((enum rule_date_name)date->number) {
    case RULE_DATE_PAID:
        return can_be_paid(reach, date->ids[0]);
    case RULE_DATE_LAST_PAID:
        for (unsigned i = 0; i < strict_value(reach->strict, RULE_TRANCHES)->count; i++)
            any = any || reach->payable[i];
        return any;
    case RULE_DATE_AGREED:
    case RULE_DATE_SUBMITTED: /* a report may come at any time */
    case RULE_DATE_ACCEPTED:
        break;
    }
    return true;
}

static bool is_covered(const struct reach *reach, struct text tranche)
{
    const struct rule_value *reports = strict_value(reach->strict, RULE_REPORTS);
    for (unsigned i = 0; i < reports->count; i++) {
        const struct rule_value *covers = &reports->items[i]->value[RULE_REPORTS_COVERS];
        for (unsigned j = 0; j < covers->count; j++)
            if (text_equal(covers->ids[j], tranche))
                return true;
    }
    return false;
}

static bool falls_due(const struct reach *reach, struct text report)
{
    const struct rule_value *reports = strict_value(reach->strict, RULE_REPORTS);
    unsigned i = index_of(reports, RULE_REPORTS_ID, report);
    return can_happen(reach, &reports->items[i]->value[RULE_REPORTS_DUE_AFTER]);
}

/* Whether the condition can hold for some grant on some day. */
static bool can_hold(const struct reach *reach, const struct rule_scope *condition)
{
    const struct rule_value *value = condition->value;
    enum rule_condition which = rule_condition_of(condition);
    switch (which) {
    case RULE_IF_AGREEMENT:
    case RULE_IF_SUBMITTED:
    case RULE_IF_ACCEPTED:
        break;
    case RULE_IF_MISSING:
        return falls_due(reach, value[RULE_CONDITION_MISSING].text);
    case RULE_IF_ACCOUNTED:
        return can_be_paid(reach, value[RULE_CONDITION_ACCOUNTED].text) &&
               is_covered(reach, value[RULE_CONDITION_ACCOUNTED].text);
    case RULE_IF_EVENT:
        return !value[RULE_CONDITION_WITHIN].set || can_happen(reach, &value[RULE_CONDITION_OF]);
    case RULE_IF_AFTER:
        return date_in_range(date_add_days(value[RULE_CONDITION_AFTER].date, 1));
    case RULE_IF_ALL:
    case RULE_IF_ANY: {
        const struct rule_value *list = &value[rule_condition_key(which)];
        bool all = which == RULE_IF_ALL;
        for (unsigned i = 0; i < list->count; i++)
            if (can_hold(reach, list->items[i]) != all)
                return !all;
        return all;
    }
    }
    return true;
}

/* From the tranches that wait for none to those that wait for them, until no more are found. */
static void find_payable(struct reach *reach)
{
    const struct rule_value *tranches = strict_value(reach->strict, RULE_TRANCHES);
    bool more = true;
    reach->payable = ARENA_ARRAY(reach->strict->arena, bool, tranches->count);
    while (more) {
        more = false;
        for (unsigned i = 0; i < tranches->count; i++) {
            const struct rule_value *release = &tranches->items[i]->value[RULE_TRANCHES_RELEASE];
            if (reach->payable[i] || !can_hold(reach, release->items[0]))
                continue;
            reach->payable[i] = true;
            more = true;
        }
    }
}

static void judge_tranches(const struct reach *reach)
{
    const struct rule_value *tranches = strict_value(reach->strict, RULE_TRANCHES);
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < tranches->count; i++) {
        const struct rule_value *value = tranches->items[i]->value;
        if (!reach->payable[i])
            STRICT_NOTE(reach->strict, FAULT_RULE_WITHOUT_EFFECT, value[RULE_TRANCHES_RELEASE].at,
                        "tranche %s can never be paid: its `release` waits for what comes only "
                        "after it, or never; mend it",
                        text_quote(quoted, value[RULE_TRANCHES_ID].text));
    }
}

static void judge_reports(const struct reach *reach)
{
    const struct rule_value *reports = strict_value(reach->strict, RULE_REPORTS);
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < reports->count; i++) {
        const struct rule_value *value = reports->items[i]->value;
        if (!can_happen(reach, &value[RULE_REPORTS_DUE_AFTER]))
            STRICT_NOTE(reach->strict, FAULT_RULE_WITHOUT_EFFECT, value[RULE_REPORTS_DUE_AFTER].at,
                        "report %s never falls due: the tranche it is counted from can never be "
                        "paid; mend `after`",
                        text_quote(quoted, value[RULE_REPORTS_ID].text));
    }
}

static void judge_clawback(const struct reach *reach)
{
    const struct rule_value *clauses = strict_value(reach->strict, RULE_CLAWBACK_CLAUSES);
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < clauses->count; i++) {
        const struct rule_value *value = clauses->items[i]->value;
        if (!can_hold(reach, value[RULE_CLAWBACK_CLAUSES_WHEN].items[0]))
            STRICT_NOTE(reach->strict, FAULT_RULE_WITHOUT_EFFECT,
                        value[RULE_CLAWBACK_CLAUSES_WHEN].at,
                        "clawback %s can never hold: `when` waits for what never happens; mend it",
                        text_quote(quoted, value[RULE_CLAWBACK_CLAUSES_ID].text));
    }
}

/* Years in which no grant is agreed. */
static void judge_budget(const struct strict *strict)
{
    const struct rule_value *years = strict_value(strict, RULE_AWARD_BUDGET);
    char from[DATE_TEXT_LEN + 1], quoted[TEXT_QUOTE_MAX];
    (void)date_text(from, strict->program->in_force);
    for (unsigned i = 0; i < years->count; i++) {
        struct text year = years->items[i]->name;
        if (text_compare(year, (struct text){from, strlen("YYYY")}) < 0)
            STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, years->items[i]->at,
                        "no grant is agreed in %s, the program is in force from %s on: remove the "
                        "year",
                        text_quote(quoted, year), from);
    }
}

void strict_grants(const struct strict *strict)
{
    struct reach reach = {strict, NULL};
    const struct rule_value *share = strict_value(strict, RULE_ELIGIBLE_SHARE_MAX);
    struct fraction whole = {amount_of(1), amount_of(1)};
    if (!strict->program->is_grant)
        return;
    find_payable(&reach);
    judge_tranches(&reach);
    judge_reports(&reach);
    judge_clawback(&reach);
    judge_budget(strict);
    if (share->given && fraction_compare(strict->arena, share->fraction, whole) == 0)
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, share->at,
                    "all of the costs are accounted for without `share_max`: remove it, or lower "
                    "it");
}
