#include "allocation.h"

#include <assert.h>

#include "rule_check.h"

/* The allocation rule of one payment. */
struct terms {
    const struct rule_value *components;
    const struct rule_value *in_advance; /* NULL: as components */
    enum rule_by by;
    enum rule_excess excess;
    enum rounding_mode mode; /* of `re-spread` */
};

/* One pass of money over the rows: it writes at most one line per row. */
struct pass {
    struct account *account;
    const struct event *event;
    struct terms terms;
    struct date date;
    struct amount money; /* left to allocate */
    size_t first_line;
    bool recovers;    /* what is paid counts as recovered */
    bool uses_credit; /* the money is a payment's credit */
    bool as_if_due;   /* an opening: rows already due count as paid on their due date */
};

/* --- lines --- */

struct account_line *allocation_line(struct account *account, const struct event *event,
                                     struct date date, int32_t n)
{
    account->lines = arena_grow(account->arena, account->lines, account->line_count,
                                &account->line_room, sizeof *account->lines);
    struct account_line *line = &account->lines[account->line_count++];
    *line = (struct account_line){.event = event, .date = date, .n = n};
    return line;
}

/* Of the day's earlier uses of the payment's credit, the one for this row; NULL: none. */
static struct account_line *earlier_use(const struct pass *pass, const struct row *row)
{
    const struct account *account = pass->account;
    for (size_t i = account->line_count; i-- > 0;) {
        struct account_line *line = &account->lines[i];
        if (!date_equal(line->date, pass->date))
            return NULL; /* lines stand by date */
        if (line->uses_credit && line->event == pass->event && line->n == row->n)
            return line;
    }
    return NULL;
}

static struct account_line *line_of(struct pass *pass, struct row *row)
{
    struct account *account = pass->account;
    if (row->touched > pass->first_line)
        return &account->lines[row->touched - 1];
    if (pass->uses_credit) {
        struct account_line *line = earlier_use(pass, row);
        if (line != NULL)
            return line;
    }
    row->touched = (uint32_t)account->line_count + 1;
    return allocation_line(account, pass->event, pass->date, row->n);
}

/* The rounding is of the terms as signed; a program may have learnt to re-spread only later. */
static enum rounding_mode mode_of(const struct loan *loan, const struct rule_scope *rules)
{
    bool signed_so = rule_is_set(loan->rules, RULE_SCHEDULE_ROUNDING);
    return rule_rounding(signed_so ? loan->rules : rules).mode;
}

/* What a type of the program's own says, else what the allocation says. */
static const struct rule_value *said(const struct rule_scope *rules, enum rule_key key,
                                     const struct rule_scope *own, enum rule_key own_key)
{
    return own != NULL && own->value[own_key].set ? &own->value[own_key] : &rules->value[key];
}

static struct terms terms_of(const struct loan *loan, const struct rule_scope *rules,
                             const struct rule_scope *own)
{
    const struct rule_value *in_advance = said(rules, RULE_ALLOCATION_EXCESS_COMPONENTS, own,
                                               RULE_ALLOCATION_TYPES_EXCESS_COMPONENTS);
    struct terms terms = {
        .components =
            said(rules, RULE_ALLOCATION_COMPONENTS, own, RULE_ALLOCATION_TYPES_COMPONENTS),
        .in_advance = in_advance->set ? in_advance : NULL,
        .by = (enum rule_by)said(rules, RULE_ALLOCATION_BY, own, RULE_ALLOCATION_TYPES_BY)->number,
        .excess =
            (enum rule_excess)said(rules, RULE_ALLOCATION_EXCESS, own, RULE_ALLOCATION_TYPES_EXCESS)
                ->number,
    };
    if (terms.excess == RULE_EXCESS_RE_SPREAD)
        terms.mode = mode_of(loan, rules);
    return terms;
}

const struct rule_value *allocation_said(const struct account *account, const struct event *payment,
                                         enum rule_key key, enum rule_key own_key)
{
    return said(program_at(account->loan->program, payment->date), key, payment->own, own_key);
}

bool allocation_is_funded(const struct event *event)
{
    return event->own != NULL && rule_is_set(event->own, RULE_ALLOCATION_TYPES_FUNDED_BY);
}

static struct pass begin_pass(struct account *account, const struct event *event,
                              const struct rule_scope *rules, struct date date, struct amount money)
{
    return (struct pass){
        .account = account,
        .event = event,
        .terms = terms_of(account->loan, rules, event->own),
        .date = date,
        .money = money,
        .first_line = account->line_count,
        .recovers = account->stage == ACCOUNT_WRITTEN_OFF,
    };
}

/* --- one row --- */

static void add_to(struct arena *arena, struct amount *total, struct amount amount)
{
    *total = amount_add(arena, *total, amount);
}

static void take_from(struct arena *arena, struct amount *total, struct amount amount)
{
    *total = amount_sub(arena, *total, amount);
}

static void count_payment(struct pass *pass, enum component component, struct amount paid)
{
    struct arena *arena = pass->account->arena;
    struct account_totals *totals = &pass->account->totals;
    if (pass->recovers) {
        add_to(arena, &totals->recovered, paid);
        if (component == COMPONENT_PRINCIPAL)
            add_to(arena, &totals->recovered_principal, paid);
    } else if (component == COMPONENT_PRINCIPAL) {
        add_to(arena, &totals->repaid, paid);
        if (allocation_is_funded(pass->event))
            add_to(arena, &totals->funded, paid);
        take_from(arena, &totals->outstanding, paid);
    }
}

static void pay_row(struct pass *pass, struct row *row, enum component component)
{
    struct arena *arena = pass->account->arena;
    struct amount unpaid = account_row_unpaid(arena, row, component);
    struct amount paid = amount_least(unpaid, pass->money);
    if (amount_sign(paid) <= 0)
        return;
    struct date date = pass->date;
    if (pass->as_if_due && date_before(row->due, date))
        date = row->due;
    add_to(arena, &row->paid[component], paid);
    take_from(arena, &pass->money, paid);
    if (date_before(date, row->due))
        add_to(arena, &row->paid_in_advance, paid);
    else if (date_before(row->due, date))
        add_to(arena, &row->paid_late, paid);
    if (!account_row_is_open(row))
        row->paid_on = date;
    count_payment(pass, component, paid);
    struct account_line *line = line_of(pass, row);
    add_to(arena, &line->part[component], paid);
    if (pass->uses_credit) {
        line->uses_credit = true;
        take_from(arena, &line->credit, paid);
    }
}

static void finish_row(struct pass *pass, struct row *row)
{
    if (!row_has_charges(row)) {
        pay_row(pass, row, COMPONENT_PRINCIPAL);
        return;
    }
    for (unsigned i = 0; i < COMPONENTS; i++)
        pay_row(pass, row, (enum component)pass->terms.components->order[i]);
}

static void pay_in_advance(struct pass *pass, struct row *row)
{
    const struct rule_value *only = pass->terms.in_advance;
    if (only == NULL) {
        finish_row(pass, row);
        return;
    }
    for (unsigned i = 0; i < only->count; i++)
        pay_row(pass, row, (enum component)only->order[i]);
}

/* --- many rows --- */

static bool has_money(const struct pass *pass)
{
    return amount_sign(pass->money) > 0;
}

/* Rows from the first open one on that are due on the pass's date; after a write-off all are. */
static unsigned due_end(const struct pass *pass)
{
    const struct account *account = pass->account;
    unsigned end = account->first_open;
    while (end < account->row_count &&
           (pass->recovers || !date_before(pass->date, account->rows[end].due)))
        end++;
    return end;
}

static void pay_due(struct pass *pass)
{
    struct account *account = pass->account;
    unsigned end = due_end(pass);
    if (pass->terms.by == RULE_BY_INSTALLMENT) {
        for (unsigned i = account->first_open; i < end && has_money(pass); i++)
            finish_row(pass, &account->rows[i]);
        return;
    }
    for (unsigned c = 0; c < COMPONENTS; c++)
        for (unsigned i = account->first_open; i < end && has_money(pass); i++)
            pay_row(pass, &account->rows[i], (enum component)pass->terms.components->order[c]);
}

/* An equal part for each future row with anything unpaid, the rest for the last of them; what a row
 * cannot take goes to the earliest that can. */
static void re_spread(struct pass *pass, unsigned first)
{
    struct account *account = pass->account;
    struct arena *arena = account->arena;
    struct amount left = pass->money, share, spare = AMOUNT_ZERO;
    unsigned open = 0;
    for (unsigned i = first; i < account->row_count; i++)
        open += account_row_is_open(&account->rows[i]);
    if (open == 0)
        return;
    share = rounding_quotient(arena, left, amount_of(1), amount_of(open), amount_of(1),
                              pass->terms.mode);
    for (unsigned i = first; open > 0; i++) {
        if (!account_row_is_open(&account->rows[i]))
            continue;
        struct amount part = --open == 0 ? left : amount_least(share, left);
        take_from(arena, &left, part);
        pass->money = part;
        pay_in_advance(pass, &account->rows[i]);
        add_to(arena, &spare, pass->money);
    }
    pass->money = spare;
    for (unsigned i = first; i < account->row_count && has_money(pass); i++)
        pay_in_advance(pass, &account->rows[i]);
}

static void pay_future(struct pass *pass)
{
    struct account *account = pass->account;
    unsigned first = due_end(pass);
    switch (pass->terms.excess) {
    case RULE_EXCESS_HOLD:
    case RULE_EXCESS_REFUND:
        break;
    case RULE_EXCESS_NEXT:
        for (unsigned i = first; i < account->row_count && has_money(pass); i++)
            pay_in_advance(pass, &account->rows[i]);
        break;
    case RULE_EXCESS_LAST:
        for (unsigned i = account->row_count; i-- > first && has_money(pass);)
            pay_in_advance(pass, &account->rows[i]);
        break;
    case RULE_EXCESS_RE_SPREAD:
        re_spread(pass, first);
        break;
    }
}

static void skip_paid_rows(struct account *account)
{
    while (account->first_open < account->row_count &&
           !account_row_is_open(&account->rows[account->first_open]))
        account->first_open++;
}

static void run_pass(struct pass *pass)
{
    pay_due(pass);
    if (has_money(pass))
        pay_future(pass);
    skip_paid_rows(pass->account);
}

static void hold_credit(struct account *account, const struct event *event,
                        const struct rule_scope *rules, struct amount money)
{
    if (amount_is_zero(money))
        return;
    account->credits[account->credit_count++] =
        (struct account_credit){event, rules, money, AMOUNT_ZERO};
    add_to(account->arena, &account->totals.credit, money);
    allocation_line(account, event, event->date, ROW_UNNUMBERED)->credit = money;
}

void allocation_pay(struct account *account, const struct event *event, struct amount money)
{
    const struct rule_scope *rules = program_at(account->loan->program, event->date);
    struct pass pass = begin_pass(account, event, rules, event->date, money);
    add_to(account->arena, &account->totals.received, money);
    run_pass(&pass);
    hold_credit(account, event, rules, pass.money);
}

void allocation_open(struct account *account, const struct event *event)
{
    struct pass pass = begin_pass(account, event, account->loan->rules, event->date, event->amount);
    pass.as_if_due = true;
    add_to(account->arena, &account->totals.received, event->amount);
    for (unsigned i = 0; i < account->row_count && has_money(&pass); i++)
        pay_row(&pass, &account->rows[i], COMPONENT_PRINCIPAL);
    skip_paid_rows(account);
    assert(!has_money(&pass)); /* the caller refuses more than is outstanding */
}

static void use_piece(struct account *account, struct account_credit *piece, struct date day,
                      bool any_rule)
{
    struct pass pass = begin_pass(account, piece->event, piece->rules, day, piece->left);
    if (pass.terms.excess == RULE_EXCESS_REFUND && !any_rule)
        return; /* it is owed back */
    pass.uses_credit = true;
    run_pass(&pass);
    take_from(account->arena, &account->totals.credit,
              amount_sub(account->arena, piece->left, pass.money));
    piece->left = pass.money;
}

static void use_credits(struct account *account, struct date day, bool any_rule)
{
    if (account->stage != ACCOUNT_RUNNING || amount_is_zero(account->totals.credit))
        return;
    for (unsigned i = 0; i < account->credit_count; i++)
        if (!amount_is_zero(account->credits[i].left))
            use_piece(account, &account->credits[i], day, any_rule);
}

void allocation_use_credit(struct account *account, struct date day)
{
    use_credits(account, day, false);
}

void allocation_spend_credit(struct account *account, struct date day)
{
    use_credits(account, day, true);
}

void allocation_refund(struct account *account, const struct event *event, struct amount money)
{
    struct amount left = money;
    if (amount_is_zero(money))
        return;
    for (unsigned i = 0; i < account->credit_count; i++) {
        struct account_credit *piece = &account->credits[i];
        struct amount part = amount_least(piece->left, left);
        take_from(account->arena, &piece->left, part);
        add_to(account->arena, &piece->refunded, part);
        take_from(account->arena, &left, part);
    }
    assert(amount_is_zero(left));
    take_from(account->arena, &account->totals.credit, money);
    add_to(account->arena, &account->totals.refunded, money);
    struct account_line *line = allocation_line(account, event, event->date, ROW_UNNUMBERED);
    line->credit = amount_negate(account->arena, money);
}
