#include "replan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "owed.h"
#include "plan.h"
#include "rule_check.h"

/* More periods than that from any date end after the calendar. */
enum { PERIODS_OF_MONTHS_MAX = 300 * 12, PERIODS_OF_DAYS_MAX = 300 * 366 };

void replan_make_room(struct account *account, unsigned more)
{
    /* each event makes at most one extra row beside those that are asked for */
    size_t room = account->row_count + more + account->event_count;
    struct row *rows = arena_alloc(account->arena, room * sizeof *rows);
    memcpy(rows, account->rows, account->row_count * sizeof *rows);
    account->rows = rows;
}

struct row_count replan_count_of(const struct account *account, const struct row *row)
{
    const struct rule_scope *rules = account->loan->rules;
    struct span every = rules->value[RULE_SCHEDULE_EVERY].span;
    if (row->beside != NULL && row->beside->count != NULL)
        return *row->beside->count;
    if (rule_split(rules) == RULE_SPLIT_CUSTOM) /* it has no count but its own date */
        return (struct row_count){row->due_nominal, every, 0};
    return (struct row_count){DATE_NONE, every, row->n};
}

struct date replan_date(const struct account *account, const struct row_count *count)
{
    const struct loan *loan = account->loan;
    const struct account_payout *first = &account->payouts[0];
    if (count->k > (span_has_months(count->every) ? PERIODS_OF_MONTHS_MAX : PERIODS_OF_DAYS_MAX))
        return DATE_UNLIMITED;
    if (!date_is_set(count->anchor))
        return plan_due(account->arena, loan, first->date, first->amount, (unsigned)count->k);
    return date_add_span(
        count->anchor, count->every, count->k,
        (enum date_missing_day)rule_number(loan->rules, RULE_SCHEDULE_DUE_MISSING_DAY));
}

static void keep_count(struct account *account, struct row *row, const struct row_count *count)
{
    struct row_count *kept = ARENA_ARRAY(account->arena, struct row_count, 1);
    *kept = *count;
    row_beside_of(account->arena, row)->count = kept;
}

bool replan_set_date(struct account *account, struct row *row, const struct row_count *count)
{
    struct date nominal = replan_date(account, count);
    if (!date_in_range(nominal))
        return false;
    struct date due =
        plan_business_day(account->loan->rules, nominal, account->payouts[0].date, DATE_UNLIMITED);
    if (!date_in_range(due))
        return false;
    row->due_nominal = nominal;
    row->due = due;
    keep_count(account, row, count);
    return true;
}

struct row *replan_append(struct account *account)
{
    struct row *row = &account->rows[account->row_count++];
    *row = (struct row){.n = ++account->highest_n, .paid_on = DATE_NONE};
    return row;
}

struct row *replan_insert(struct account *account, struct date nominal, struct date due,
                          const struct row_count *count)
{
    struct row *row = owed_insert_row(account, nominal, due);
    if (count != NULL)
        keep_count(account, row, count);
    return row;
}

void replan_set_principal(struct account *account, struct row *row, struct amount due,
                          struct date date)
{
    unsigned index = (unsigned)(row - account->rows);
    bool was_open = account_row_is_open(row);
    row->due_of[COMPONENT_PRINCIPAL] = due;
    bool open = account_row_is_open(row);
    if (open != was_open)
        row->paid_on = open ? DATE_NONE : date;
    if (open && index < account->first_open)
        account->first_open = index;
}

/* Zero rows have no number and come first; two of them may share a date. */
static int compare_rows(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    if (left->due.day != right->due.day)
        return (left->due.day > right->due.day) - (left->due.day < right->due.day);
    if (left->n != right->n)
        return (left->n > right->n) - (left->n < right->n);
    return (left->due_nominal.day > right->due_nominal.day) -
           (left->due_nominal.day < right->due_nominal.day);
}

void replan_sort(struct account *account)
{
    qsort(account->rows, account->row_count, sizeof *account->rows, compare_rows);
    account->first_open = 0;
    while (account->first_open < account->row_count &&
           !account_row_is_open(&account->rows[account->first_open]))
        account->first_open++;
}

struct split_rounding replan_rounding(const struct account *account, struct date date)
{
    const struct program *program = account->loan->program;
    const struct rule_scope *rules = account->loan->rules;
    if (!rule_is_set(rules, RULE_SCHEDULE_ROUNDING))
        rules = program_at(program, date);
    for (unsigned i = program->count; i-- > 0 && !rule_is_set(rules, RULE_SCHEDULE_ROUNDING);)
        rules = program->versions[i].rules;
    return rule_rounding(rules);
}

void replan_note(struct account *account, const struct account_part *part)
{
    struct account_parts *parts = account->parts;
    if (parts == NULL)
        return;
    parts->list =
        arena_grow(account->arena, parts->list, parts->count, &parts->room, sizeof *parts->list);
    parts->list[parts->count++] = *part;
}
