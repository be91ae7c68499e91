#include "plan.h"
#include "rule_check.h"
#include "rule_strict.h"

static enum rule_anchor anchor_of(const struct strict *strict)
{
    return (enum rule_anchor)strict_value(strict, RULE_SCHEDULE_DUE_ANCHOR)->number;
}

/* The loan of the longest plan that the program itself allows, or of the one that begins first. */
static struct loan extreme(const struct strict *strict, bool longest)
{
    const struct rule_scope *rules = strict->rules;
    return (struct loan){
        .program = strict->program,
        .rules = rules,
        .principal = rule_amount(rules, RULE_PRINCIPAL_MAX),
        .installments = rule_installments(rules, longest ? RULE_SCHEDULE_INSTALLMENTS_MAX
                                                         : RULE_SCHEDULE_INSTALLMENTS_MIN),
        .grace = rule_grace(rules, longest ? RULE_SCHEDULE_GRACE_LENGTH_MAX
                                           : RULE_SCHEDULE_GRACE_LENGTH_MIN),
    };
}

/* The number of the last row of the longest plan. */
static unsigned last_row(const struct strict *strict, const struct loan *loan)
{
    const struct rule_value *place = strict_value(strict, RULE_SCHEDULE_GRACE_PLACE);
    bool within = place->set && place->number == RULE_GRACE_WITHIN_TERM;
    switch (rule_split(strict->rules)) {
    case RULE_SPLIT_SHARES:
        return strict_value(strict, RULE_SCHEDULE_SPLIT_SHARES)->count;
    case RULE_SPLIT_FIXED: {
        struct amount down = rule_down_payment(strict->arena, strict->rules, loan->principal);
        return split_fixed_rows(strict->arena, amount_sub(strict->arena, loan->principal, down),
                                strict_value(strict, RULE_SCHEDULE_SPLIT_FIXED)->amount,
                                RULE_INSTALLMENTS_MAX);
    }
    case RULE_SPLIT_EQUAL:
        return (unsigned)(loan->installments - (within ? loan->grace : 0));
    case RULE_SPLIT_BULLET:
    case RULE_SPLIT_CUSTOM:
        break;
    }
    return 1;
}

/* The nominal date of row ${k}, `latest` aside, of a loan whose anchor is ${anchor}. */
static struct date due_of(const struct strict *strict, struct loan *loan, struct date anchor,
                          unsigned k)
{
    loan->agreed = loan->disbursed = loan->first_due = anchor;
    return plan_due(strict->arena, loan, anchor, loan->principal, k);
}

/* The last anchor that the version allows. */
static struct date last_anchor(const struct strict *strict)
{
    struct date end = date_of(2199, 12, 31);
    bool bounded = anchor_of(strict) == RULE_ANCHOR_AGREED && date_before(strict->upto, end);
    return bounded ? strict->upto : end; /* money may be paid out long after the agreement */
}

/* The day by which `latest` has the last row fall due; DATE_UNLIMITED without it. */
static struct date bound_of(const struct strict *strict, struct date anchor)
{
    const struct rule_value *latest = strict_value(strict, RULE_SCHEDULE_DUE_LATEST);
    if (!latest->set)
        return DATE_UNLIMITED;
    return date_is_set(latest->date)
               ? latest->date
               : date_add_span(anchor, latest->span, 1, MISSING_LAST_OF_MONTH);
}

/* --- the calendar --- */

static const char *anchor_word(const struct strict *strict)
{
    switch (anchor_of(strict)) {
    case RULE_ANCHOR_DISBURSED:
        return "disbursed";
    case RULE_ANCHOR_AGREED:
        return "agreed";
    case RULE_ANCHOR_GIVEN:
        break;
    }
    return "first due";
}

static void judge_begin(const struct strict *strict, const struct rule_value *named)
{
    const struct calendar *calendar = named->calendar;
    struct loan first = extreme(strict, false);
    if (rule_number(strict->rules, RULE_SCHEDULE_GRACE_LIST_ROWS))
        first.grace = 0; /* a listed row of a grace has a date, too */
    struct date due = due_of(strict, &first, strict->from, 1);
    char day[DATE_TEXT_LEN + 1], row[DATE_TEXT_LEN + 1], begin[DATE_TEXT_LEN + 1];
    char quoted[TEXT_QUOTE_MAX];
    if (date_before(due, calendar->from))
        STRICT_NOTE(strict, FAULT_CALENDAR_LEFT, named->at,
                    "a loan %s on %s may have a row on %s, before calendar %s begins on %s: it is "
                    "not moved; begin the calendar earlier",
                    anchor_word(strict), date_text(day, strict->from), date_text(row, due),
                    text_quote(quoted, calendar->id), date_text(begin, calendar->from));
}

static void judge_end(const struct strict *strict, const struct rule_value *named)
{
    const struct calendar *calendar = named->calendar;
    struct loan longest = extreme(strict, true);
    unsigned k = last_row(strict, &longest);
    struct date end = last_anchor(strict);
    char day[DATE_TEXT_LEN + 1], until[DATE_TEXT_LEN + 1], quoted[TEXT_QUOTE_MAX];
    for (struct date anchor = strict->from; !date_before(end, anchor);
         anchor = date_add_days(anchor, 1)) {
        struct date due = due_of(strict, &longest, anchor, k), bound = bound_of(strict, anchor);
        if (date_before(bound, due))
            due = bound;
        if (!date_in_range(due))
            return; /* refused, as are all later ones */
        if (!date_before(calendar->until, due))
            continue;
        STRICT_NOTE(strict, FAULT_CALENDAR_LEFT, named->at,
                    "a loan %s on %s or later may have rows after %s, where calendar %s ends: they "
                    "are not moved; extend the calendar",
                    anchor_word(strict), date_text(day, anchor), date_text(until, calendar->until),
                    text_quote(quoted, calendar->id));
        return;
    }
}

static void judge_calendar(const struct strict *strict)
{
    const struct rule_value *named = strict_value(strict, RULE_SCHEDULE_DUE_CALENDAR);
    if (!named->set || rule_split(strict->rules) == RULE_SPLIT_CUSTOM)
        return;
    if (strict_value(strict, RULE_SCHEDULE_DUE_HOLIDAY)->number == RULE_HOLIDAY_NONE) {
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, named->at,
                    "the calendar moves no date: say `holiday: next`, `previous` or "
                    "`modified-next`, or remove it");
        return;
    }
    judge_begin(strict, named);
    judge_end(strict, named);
}

/* --- rules that move no row --- */

/* Whether min_gap delays the plan of any loan: those disbursed on each day there is. */
static bool gap_acts(const struct strict *strict)
{
    struct rule_scope *without = ARENA_ARRAY(strict->arena, struct rule_scope, 1);
    struct loan loan = extreme(strict, false), free;
    *without = *strict->rules;
    without->value[RULE_SCHEDULE_DUE_MIN_GAP] = (struct rule_value){.set = false};
    free = loan;
    free.rules = without;
    if (anchor_of(strict) == RULE_ANCHOR_AGREED)
        return true; /* the disbursement may come long after */
    for (struct date day = strict->from; date_in_range(day); day = date_add_days(day, 1))
        if (!date_equal(due_of(strict, &loan, day, 1), due_of(strict, &free, day, 1)))
            return true;
    return false;
}

static void judge_gap(const struct strict *strict)
{
    const struct rule_value *gap = strict_value(strict, RULE_SCHEDULE_DUE_MIN_GAP);
    if (!gap->given)
        return;
    if (anchor_of(strict) == RULE_ANCHOR_GIVEN)
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, gap->at,
                    "`min_gap` does not apply where the book gives the first due date: remove it");
    else if (!gap_acts(strict))
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, gap->at,
                    "row 1 of every plan is at least %.*s after the disbursement without "
                    "`min_gap`: remove it, or lengthen it",
                    (int)gap->text.len, gap->text.ptr);
}

/* Whether the last row of some plan is brought forward. */
static bool latest_acts(const struct strict *strict)
{
    struct loan longest = extreme(strict, true);
    unsigned k = last_row(strict, &longest);
    struct date end = last_anchor(strict);
    for (struct date anchor = strict->from; !date_before(end, anchor);
         anchor = date_add_days(anchor, 1))
        if (date_before(bound_of(strict, anchor), due_of(strict, &longest, anchor, k)))
            return true;
    return false;
}

/* Whether some plan of the most rows can end by then: the row before the last must be earlier. */
static bool latest_leaves_rows(const struct strict *strict, unsigned *rows)
{
    struct loan loan = extreme(strict, true);
    struct date end = last_anchor(strict);
    loan.grace = rule_grace(strict->rules, RULE_SCHEDULE_GRACE_LENGTH_MIN);
    *rows = last_row(strict, &loan);
    for (struct date anchor = strict->from; !date_before(end, anchor);
         anchor = date_add_days(anchor, 1)) {
        struct date before = *rows < 2 ? anchor : due_of(strict, &loan, anchor, *rows - 1);
        if (date_before(before, bound_of(strict, anchor)))
            return true;
    }
    return false;
}

static void judge_latest(const struct strict *strict)
{
    const struct rule_value *latest = strict_value(strict, RULE_SCHEDULE_DUE_LATEST);
    unsigned rows;
    if (!latest->given)
        return;
    if (!latest_leaves_rows(strict, &rows))
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, latest->at,
                    "no plan of %u rows can end by %.*s: allow fewer installments, or lengthen it",
                    rows, (int)latest->text.len, latest->text.ptr);
    else if (!latest_acts(strict))
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, latest->at,
                    "the longest plan ends within %.*s without `latest`: remove it, or shorten it",
                    (int)latest->text.len, latest->text.ptr);
}

/* The rows of plan.csv are taken as they are. */
static void judge_custom(const struct strict *strict)
{
    static const enum rule_key keys[] = {
        RULE_SCHEDULE_GRACE,      RULE_SCHEDULE_DUE_DAY,     RULE_SCHEDULE_DUE_MIN_GAP,
        RULE_SCHEDULE_DUE_LATEST, RULE_SCHEDULE_DUE_HOLIDAY, RULE_SCHEDULE_DUE_CALENDAR,
    };
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct rule_value *value = strict_value(strict, keys[i]);
        bool nothing = keys[i] == RULE_SCHEDULE_DUE_DAY       ? value->number == RULE_DAY_SAME
                       : keys[i] == RULE_SCHEDULE_DUE_HOLIDAY ? value->number == RULE_HOLIDAY_NONE
                                                              : false;
        if (value->given && !nothing)
            STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, value->at,
                        "%s does not touch the rows of plan.csv, which `split: custom` takes as "
                        "they are: remove it",
                        rule_row(keys[i])->path);
    }
}

void strict_dates(const struct strict *strict)
{
    const struct rule_value *length = strict_value(strict, RULE_SCHEDULE_GRACE_LENGTH);
    if (!strict_given(strict, RULE_SCHEDULE))
        return;
    if (rule_split(strict->rules) == RULE_SPLIT_CUSTOM) {
        judge_custom(strict);
        return;
    }
    if (strict_given(strict, RULE_SCHEDULE_GRACE) &&
        rule_grace(strict->rules, RULE_SCHEDULE_GRACE_LENGTH_MAX) == 0)
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, length->at,
                    "a grace of no time delays nothing: remove `grace`, or lengthen it");
    judge_gap(strict);
    judge_latest(strict);
    judge_calendar(strict);
}
