#include "reschedule.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "allocation.h"
#include "replan.h"
#include "rule_check.h"
#include "split.h"

/* One event at work. */
struct reschedule {
    struct account *account;
    const struct event *event;
    const struct event_terms *terms;
    const struct rule_scope *rules; /* of the event's date */
    struct account_refusal *refusal;
    struct row **rows; /* of the plan that the event acts on, by due date */
    unsigned count;
    const struct row *before; /* of the plan, before the first of them; NULL: none */
};

enum outcome { DONE, NOTHING_THERE, REFUSED };

static enum outcome refuse(const struct reschedule *act, enum fault_code code, const char *format,
                           ...) __attribute__((format(printf, 3, 4)));

static enum outcome refuse(const struct reschedule *act, enum fault_code code, const char *format,
                           ...)
{
    va_list arguments;
    act->refusal->code = code;
    va_start(arguments, format);
    (void)vsnprintf(act->refusal->text, sizeof act->refusal->text, format, arguments);
    va_end(arguments);
    return REFUSED;
}

static enum outcome refuse_late(const struct reschedule *act)
{
    return refuse(act, FAULT_PLAN_TOO_LATE, "a row would fall due after 2199-12-31");
}

static enum outcome refuse_vanishing(const struct reschedule *act)
{
    return refuse(act, FAULT_PLAN_ROW_VANISHES,
                  "so little unpaid principal leaves a row of zero or less under the schedule's "
                  "rounding");
}

/* --- which rows --- */

/* Rows of the plan from the one that the event names on; without one those due after the event. */
static void collect(struct reschedule *act)
{
    struct account *account = act->account;
    bool begun = false;
    act->rows = arena_alloc(account->arena, account->row_count * sizeof(struct row *));
    act->count = 0;
    act->before = NULL;
    for (unsigned i = 0; i < account->row_count; i++) {
        struct row *row = &account->rows[i];
        if (!replan_is_of_plan(row))
            continue;
        begun = begun || (act->terms->row == 0 ? date_before(act->event->date, row->due)
                                               : row->n == act->terms->row);
        if (begun)
            act->rows[act->count++] = row;
        else
            act->before = row;
    }
}

static struct amount unpaid_of(const struct reschedule *act, const struct row *row)
{
    return account_row_unpaid(act->account->arena, row, COMPONENT_PRINCIPAL);
}

/* --- dates --- */

static bool same_period(struct span a, struct span b)
{
    return a.count == b.count && a.unit == b.unit;
}

/* Each row follows the one before by the period it was made with; rows of one period are counted in
 * one step from where they begin. */
static enum outcome move(struct reschedule *act)
{
    struct account *account = act->account;
    char day[DATE_TEXT_LEN + 1];
    if (act->count == 0)
        return NOTHING_THERE;
    if (act->before != NULL && !date_before(act->before->due, act->event->due))
        return refuse(act, FAULT_RESCHEDULE_DUE,
                      "row %d would not fall due after row %d, due on %s", act->rows[0]->n,
                      act->before->n, date_text(day, act->before->due));
    struct row_count count = {act->event->due, replan_count_of(account, act->rows[0]).every, 0};
    for (unsigned i = 0; i < act->count; i++) {
        struct span every = replan_count_of(account, act->rows[i]).every;
        if (!same_period(every, count.every))
            count = (struct row_count){act->rows[i - 1]->due_nominal, every, 0};
        count.k += i > 0;
        if (!replan_set_date(account, act->rows[i], &count))
            return refuse_late(act);
    }
    return DONE;
}

static int32_t in_smallest(struct span span)
{
    switch (span.unit) {
    case SPAN_DAYS:
    case SPAN_MONTHS:
        break;
    case SPAN_WEEKS:
        return span.count * 7;
    case SPAN_YEARS:
        return span.count * 12;
    }
    return span.count;
}

/* All grace that events have given the loan: days and months do not measure each other. */
static enum outcome count_grace(const struct reschedule *act)
{
    struct account *account = act->account;
    const struct rule_value *most = &act->rules->value[RULE_RESCHEDULE_MAX_GRACE];
    struct span grace = act->terms->grace;
    int32_t *total = span_has_months(grace) ? &account->grace_months : &account->grace_days;
    if (*total > INT32_MAX - in_smallest(grace))
        return refuse_late(act);
    *total += in_smallest(grace);
    if (!most->set)
        return DONE;
    bool months = span_has_months(most->span);
    int32_t given = months ? account->grace_months : account->grace_days;
    int32_t other = months ? account->grace_days : account->grace_months;
    if (other == 0 && given <= in_smallest(most->span))
        return DONE;
    return refuse(act, FAULT_RESCHEDULE_GRACE,
                  "with this event the loan has more grace than reschedule.max_grace, %.*s",
                  (int)most->text.len, most->text.ptr);
}

static enum outcome postpone(struct reschedule *act)
{
    struct account *account = act->account;
    char whole[32], part[32];
    if (act->count == 0)
        return NOTHING_THERE;
    for (unsigned i = 0; i < act->count; i++) {
        struct row_count count = replan_count_of(account, act->rows[i]);
        int32_t periods;
        if (!span_divide(act->terms->grace, count.every, &periods))
            return refuse(act, FAULT_RESCHEDULE_PERIODS,
                          "grace %s is not a whole number of row %d's periods of %s",
                          span_text(whole, act->terms->grace), act->rows[i]->n,
                          span_text(part, count.every));
        count.k += periods;
        if (!replan_set_date(account, act->rows[i], &count))
            return refuse_late(act);
    }
    return count_grace(act);
}

/* --- amounts --- */

static struct amount *split_over(const struct reschedule *act, struct amount whole, unsigned rows)
{
    struct arena *arena = act->account->arena;
    struct split_rounding rounding = replan_rounding(act->account, act->event->date);
    struct amount *parts = arena_alloc(arena, rows * sizeof *parts);
    split_equal(arena, whole, rows, &rounding, parts);
    return parts;
}

/* Tell whoever explains what the row got of the whole. */
static void note(const struct reschedule *act, const struct row *row, struct amount whole,
                 const struct amount *parts, unsigned rows, unsigned index)
{
    replan_note(act->account, &(struct account_part){
                                  .n = row->n,
                                  .part = parts[index],
                                  .whole = whole,
                                  .rows = rows,
                                  .k = index + 1,
                                  .rounding = replan_rounding(act->account, act->event->date)});
}

/* New rows with the ${parts} from ${first} on, which go on from ${count}. */
static enum outcome add_rows(struct reschedule *act, struct amount whole,
                             const struct amount *parts, unsigned first, unsigned rows,
                             struct row_count count)
{
    for (unsigned i = first; i < rows; i++) {
        struct row *row = replan_append(act->account);
        row->remade = true;
        row->due_of[COMPONENT_PRINCIPAL] = parts[i];
        note(act, row, whole, parts, rows, i);
        if (!replan_set_date(act->account, row, &count))
            return refuse_late(act);
        count.k++;
    }
    return DONE;
}

/* What extend divides counts as planned, even if a chargeback had put it there. */
static enum outcome extend(struct reschedule *act)
{
    struct account *account = act->account;
    struct arena *arena = account->arena;
    unsigned more = (unsigned)act->terms->installments;
    struct amount total = AMOUNT_ZERO;
    replan_make_room(account, more);
    collect(act);
    for (unsigned i = 0; i < act->count; i++)
        total = amount_add(arena, total, unpaid_of(act, act->rows[i]));
    if (amount_is_zero(total))
        return NOTHING_THERE;
    struct amount *parts = split_over(act, total, act->count + more);
    if (!split_is_positive(parts, act->count + more))
        return refuse_vanishing(act);
    for (unsigned i = 0; i < act->count; i++) {
        struct row *row = act->rows[i];
        struct amount due = amount_add(arena, row->paid[COMPONENT_PRINCIPAL], parts[i]);
        replan_set_principal(account, row, due, act->event->date);
        note(act, row, total, parts, act->count + more, i);
        if (row->beside != NULL)
            row->beside->added = AMOUNT_ZERO;
    }
    const struct row *last = act->rows[act->count - 1];
    struct row_count count = replan_count_of(account, last);
    if (act->terms->every.count > 0)
        count = (struct row_count){last->due_nominal, act->terms->every, 0};
    count.k++;
    return add_rows(act, total, parts, act->count, act->count + more, count);
}

/* The row's unpaid principal leaves it. */
static struct amount take_unpaid(const struct reschedule *act, struct row *row)
{
    struct arena *arena = act->account->arena;
    struct amount unpaid = unpaid_of(act, row);
    if (amount_is_zero(unpaid))
        return unpaid;
    replan_set_principal(act->account, row, row->paid[COMPONENT_PRINCIPAL], act->event->date);
    if (row->beside != NULL)
        row->beside->added =
            amount_least(row->beside->added, row_due(arena, row, COMPONENT_PRINCIPAL));
    return unpaid;
}

static enum outcome re_age(struct reschedule *act)
{
    struct account *account = act->account;
    const struct event_terms *terms = act->terms;
    unsigned rows = (unsigned)terms->installments, there = account->row_count;
    struct amount total = AMOUNT_ZERO;
    replan_make_room(account, rows);
    for (unsigned i = 0; i < there; i++)
        total = amount_add(account->arena, total, take_unpaid(act, &account->rows[i]));
    if (amount_is_zero(total))
        return NOTHING_THERE;
    struct amount *parts = split_over(act, total, rows);
    if (!split_is_positive(parts, rows))
        return refuse_vanishing(act);
    struct span every = terms->every.count > 0
                            ? terms->every
                            : account->loan->rules->value[RULE_SCHEDULE_EVERY].span;
    return add_rows(act, total, parts, 0, rows, (struct row_count){act->event->due, every, 0});
}

/* Late principal is added to the rows due after the event. */
static enum outcome re_amortize(struct reschedule *act)
{
    struct account *account = act->account;
    struct arena *arena = account->arena;
    struct amount late = AMOUNT_ZERO;
    for (unsigned i = 0; i < account->row_count; i++)
        if (replan_is_of_plan(&account->rows[i]) &&
            date_before(account->rows[i].due, act->event->date))
            late = amount_add(arena, late, take_unpaid(act, &account->rows[i]));
    if (amount_is_zero(late))
        return NOTHING_THERE;
    if (act->count == 0)
        return refuse(act, FAULT_RESCHEDULE_NO_ROW, "no row falls due after this re-amortize");
    struct amount *parts = split_over(act, late, act->count);
    for (unsigned i = 0; i < act->count; i++) {
        struct row *row = act->rows[i];
        if (amount_sign(parts[i]) < 0)
            return refuse(act, FAULT_RESCHEDULE_SHRINKS,
                          "so little late principal would lower row %d under the schedule's "
                          "rounding",
                          row->n);
        replan_set_principal(account, row,
                             amount_add(arena, row->due_of[COMPONENT_PRINCIPAL], parts[i]),
                             act->event->date);
        note(act, row, late, parts, act->count, i);
    }
    return DONE;
}

/* --- any kind --- */

static enum outcome act_by_kind(struct reschedule *act)
{
    switch (act->terms->kind) {
    case RULE_RESCHEDULE_MOVE:
        return move(act);
    case RULE_RESCHEDULE_EXTEND:
        return extend(act);
    case RULE_RESCHEDULE_GRACE:
        return postpone(act);
    case RULE_RESCHEDULE_RE_AGE:
        return re_age(act);
    case RULE_RESCHEDULE_RE_AMORTIZE:
        return re_amortize(act);
    }
    return NOTHING_THERE;
}

static bool is_allowed(const struct reschedule *act)
{
    static const char *const names[] = {"move", "extend", "grace", "re-age", "re-amortize"};
    const struct rule_value *times = &act->rules->value[RULE_RESCHEDULE_MAX_TIMES];
    if (!rule_is_set(act->rules, RULE_RESCHEDULE))
        (void)refuse(act, FAULT_RESCHEDULE_NOT_ALLOWED,
                     "the program has no clause `reschedule` on this day: it allows none");
    else if (!rule_allows_reschedule(act->rules, act->terms->kind))
        (void)refuse(act, FAULT_RESCHEDULE_NOT_ALLOWED, "reschedule.kinds does not list `%s`",
                     names[act->terms->kind]);
    else if (times->set && act->account->rescheduled >= (unsigned)times->number)
        (void)refuse(act, FAULT_RESCHEDULE_TIMES,
                     "the loan was rescheduled %u times; reschedule.max_times is %d",
                     act->account->rescheduled, times->number);
    else if (date_is_set(act->event->due) && date_before(act->event->due, act->event->date))
        (void)refuse(act, FAULT_RESCHEDULE_DUE, "due is before the event's own date");
    else
        return true;
    return false;
}

/* A row in which nothing is left disappears; how many of the plan bear principal is returned. */
static unsigned drop_empty_rows(struct account *account)
{
    struct arena *arena = account->arena;
    unsigned kept = 0, bearing = 0;
    for (unsigned i = 0; i < account->row_count; i++) {
        const struct row *row = &account->rows[i];
        bool principal = !amount_is_zero(row_due(arena, row, COMPONENT_PRINCIPAL));
        bool any = principal || row->n == ROW_UNNUMBERED;
        for (unsigned c = 0; c < COMPONENT_PRINCIPAL; c++)
            any = any || !amount_is_zero(row_due(arena, row, (enum component)c));
        bearing += principal && replan_is_of_plan(row);
        if (any)
            account->rows[kept++] = *row;
    }
    account->row_count = kept;
    return bearing;
}

bool reschedule_apply(struct account *account, const struct event *event,
                      struct account_refusal *refusal)
{
    struct reschedule act = {
        .account = account,
        .event = event,
        .terms = event->terms,
        .rules = program_at(account->loan->program, event->date),
        .refusal = refusal,
    };
    const struct rule_value *most = &act.rules->value[RULE_RESCHEDULE_MAX_INSTALLMENTS];
    if (!is_allowed(&act))
        return false;
    collect(&act);
    enum outcome outcome = act_by_kind(&act);
    if (outcome == NOTHING_THERE &&
        !event_was_overtaken(account->events, account->event_count, event))
        outcome = refuse(&act, FAULT_NOTHING_TO_RESCHEDULE,
                         "no row of the plan, or no unpaid principal, that it could act on");
    if (outcome != DONE)
        return outcome == NOTHING_THERE;
    account->rescheduled++;
    unsigned rows = drop_empty_rows(account);
    replan_sort(account);
    if (most->set && rows > (unsigned)most->number) {
        (void)refuse(&act, FAULT_RESCHEDULE_INSTALLMENTS,
                     "%u rows with principal afterwards; reschedule.max_installments is %d", rows,
                     most->number);
        return false;
    }
    allocation_use_credit(account, event->date);
    return true;
}
