#include "account.h"
#include "allocation.h"
#include "forgiveness.h"
#include "owed.h"
#include "penalty.h"
#include "relief.h"

/*
 * From day to day.  Between two events most days are alike: the walk stops only on those on which
 * something happens by itself, and goes on from each of them as if it were the day of an event.
 */

static struct date earlier(struct date a, struct date b)
{
    return date_before(a, b) ? a : b;
}

/* The next day on which held credit has a row to pay, DATE_UNLIMITED: none.  The beginning of a day
 * and each event leave no row that is due to credit that may pay it; no penalty grows beside it. */
static struct date next_use_of_credit(const struct account *account)
{
    if (amount_is_zero(account->totals.credit) || account->stage != ACCOUNT_RUNNING)
        return DATE_UNLIMITED;
    for (unsigned i = account->first_open; i < account->row_count; i++)
        if (date_before(account->day, account->rows[i].due) &&
            account_row_is_open(&account->rows[i]))
            return account->rows[i].due;
    return DATE_UNLIMITED;
}

/* The next day on which rules change. */
static struct date next_version(const struct account *account)
{
    const struct program *program = account->loan->program;
    for (unsigned i = 0; i < program->count; i++)
        if (date_before(account->day, program->versions[i].from))
            return program->versions[i].from;
    return DATE_UNLIMITED;
}

/* The next day at whose end rests may go: the last row falls due, or rules change. */
static struct date next_rest(const struct account *account)
{
    struct date last = account->rows[account->row_count - 1].due;
    return date_before(account->day, last) ? last : next_version(account);
}

/* The days from the account's to the one before ${date} end as it stands now. */
static void end_days(struct account *account, struct date date)
{
    if (account->loan->program->looks_back && account->stage == ACCOUNT_RUNNING)
        account_keep_days(account, account->day, date_add_days(date, -1));
}

/* The beginning of the account's day, before credit is used. */
static void begin_day(struct account *account)
{
    if (account->loan->program->has_forgiveness)
        forgiveness_watch(account, account->day);
    if (account->loan->relief_count > 0)
        relief_act(account);
    if (account->loan->program->has_penalty)
        (void)penalty_assess(account, account->day);
}

/* The end of the day at hand, once all its events have been applied. */
static void end_day(struct account *account)
{
    if (account->loan->program->has_forgiveness)
        forgiveness_act(account, account->day);
    if (account->has_small_amounts)
        owed_settle(account, account->day);
}

/* The first day, at the latest ${date}, on which rules ask for a stop; the days before it end. */
static struct date pass_days(struct account *account, struct date date)
{
    if (account->has_small_amounts && account->stage == ACCOUNT_RUNNING)
        date = earlier(date, next_rest(account));
    if (account->loan->program->has_forgiveness && account->stage == ACCOUNT_RUNNING)
        date = earlier(date, next_version(account));
    if (account->loan->relief_count > 0)
        date = earlier(date, relief_next(account));
    end_days(account, date);
    return date;
}

void account_advance(struct account *account, struct date date)
{
    bool ruled = account->is_ruled_daily;
    while (date_before(account->day, date)) {
        if (ruled)
            end_day(account);
        struct date use = next_use_of_credit(account), next = earlier(date, use);
        if (ruled)
            next = pass_days(account, next);
        account->day = next;
        if (ruled)
            begin_day(account);
        if (date_equal(next, use))
            allocation_use_credit(account, next);
    }
}

void account_finish(struct account *account, struct date date)
{
    account_advance(account, date);
    end_day(account);
}
