#include "explain_grant.h"

#include "grant_condition.h"
#include "grant_totals.h"
#include "rule_check.h"

/* The grant at hand, and the file whose cells are explained. */
struct cell {
    struct explanation *e;
    const struct run_options *options;
    const struct work *work;
    const struct grant *grant;
    const struct grant_result *made;
    const struct grant_state *state;
    const struct grant_position *position;
    const char *file, *row;
    unsigned line;
};

static bool begin(const struct cell *cell, const char *figure)
{
    return explanation_begin(cell->e, cell->file, cell->line, cell->row, figure);
}

static void given(const struct cell *cell, const char *figure, struct text value,
                  const char *column)
{
    explanation_given(cell->e, cell->file, cell->line, cell->row, figure, value,
                      load_row_place(cell->work->contract), column);
}

static struct date as_of(const struct cell *cell)
{
    return cell->options->as_of;
}

/* A term that is another cell of the same line. */
static struct explanation_term *other(const struct cell *cell, struct amount value,
                                      const char *figure)
{
    struct explanation_term *term = explanation_term(cell->e, value, "%s", figure);
    term->figure = figure;
    return term;
}

static struct explanation_term *event_term(const struct cell *cell, const struct event *event)
{
    struct text type = event_name(event);
    struct explanation_term *term =
        explanation_term(cell->e, event->amount, "%.*s %.*s of %s", (int)type.len, type.ptr,
                         (int)event->id.len, event->id.ptr, explanation_day(cell->e, event->date));
    term->event = event;
    term->at = load_event_place(event);
    return term;
}

/* The events of a type that count; ${ref}: only those that name it, len 0: all. */
static void event_terms(const struct cell *cell, enum event_type type, struct text ref)
{
    for (size_t i = 0; i < cell->made->event_count; i++) {
        const struct event *event = cell->made->events[i];
        if (event->counts && event->type == type && (ref.len == 0 || text_equal(event->ref, ref)))
            (void)event_term(cell, event);
    }
}

static void end_sum(const struct cell *cell, struct amount value)
{
    explanation_end_money(cell->e, EXPLANATION_SUM, value);
}

/* The rounding that two keys say. */
static struct split_rounding rounding_by(const struct rule_scope *rules, enum rule_key unit,
                                         enum rule_key mode)
{
    return (struct split_rounding){.unit = rule_amount(rules, unit),
                                   .mode = (enum rounding_mode)rule_number(rules, mode)};
}

/* --- money in and out --- */

static void explain_award(const struct cell *cell)
{
    if (!begin(cell, "award"))
        return;
    struct explanation_term *term =
        explanation_term(cell->e, cell->grant->award, "column award of the book");
    term->at = load_row_place(cell->work->contract);
    term->column = "award";
    end_sum(cell, cell->grant->award);
}

static void explain_paid(const struct cell *cell)
{
    if (!begin(cell, "paid"))
        return;
    event_terms(cell, EVENT_PAY, (struct text){"", 0});
    end_sum(cell, cell->position->figure[GRANT_PAID]);
}

static void explain_in_kind(const struct cell *cell)
{
    if (!begin(cell, "in_kind"))
        return;
    for (unsigned i = 0; i < cell->state->tranche_count; i++) {
        const struct grant_tranche *tranche = &cell->state->tranches[i];
        if (!tranche->in_kind)
            continue;
        event_terms(cell, EVENT_PAY, tranche->id);
        explanation_item(cell->e, RULE_TRANCHES_IN_KIND, tranche->rules, DATE_NONE);
    }
    end_sum(cell, cell->position->figure[GRANT_IN_KIND]);
}

static void explain_returned(const struct cell *cell)
{
    if (!begin(cell, "returned"))
        return;
    event_terms(cell, EVENT_RETURN, (struct text){"", 0});
    end_sum(cell, cell->position->figure[GRANT_RETURNED]);
}

static void explain_lapsed(const struct cell *cell)
{
    struct explanation *e = cell->e;
    if (!begin(cell, "lapsed"))
        return;
    for (unsigned i = 0; i < cell->state->tranche_count && !cell->state->cancelled; i++) {
        struct text id = cell->state->tranches[i].id;
        if (amount_is_zero(cell->position->lapsed_of[i]))
            continue;
        struct explanation_term *term = explanation_term(e, cell->position->lapsed_of[i],
                                                         "of tranche %.*s", (int)id.len, id.ptr);
        term->row = explanation_text(e, "%.*s", (int)id.len, id.ptr);
        term->figure = "lapsed";
    }
    end_sum(cell, cell->position->lapsed);
}

/* --- what is accounted for --- */

static bool is_eligible(const struct cell *cell, struct text category)
{
    const struct rule_value *listed = &cell->grant->rules->value[RULE_ELIGIBLE_CATEGORIES];
    for (unsigned i = 0; i < listed->count; i++)
        if (text_equal(listed->ids[i], category))
            return true;
    return !listed->set;
}

/* The event that accepted the report. */
static const struct event *acceptance(const struct cell *cell, const struct grant_report *report)
{
    for (size_t i = 0; i < cell->made->event_count; i++) {
        const struct event *event = cell->made->events[i];
        if (event->counts && event->type == EVENT_ACCEPT && text_equal(event->ref, report->id) &&
            date_equal(event->date, report->accepted))
            return event;
    }
    return NULL;
}

/* The costs of the report that count: one product each, of the share that the grant bears. */
static size_t costs_of(const struct cell *cell, const struct grant_report *report,
                       const struct event *accepted, struct fraction share,
                       struct explanation_product *products)
{
    size_t count = 0;
    for (size_t i = 0; i < cell->made->event_count; i++) {
        const struct event *event = cell->made->events[i];
        if (event->counts && event->type == EVENT_SPEND && text_equal(event->ref, report->id) &&
            is_eligible(cell, event->kind) && event_compare(event, accepted) < 0)
            products[count++] = (struct explanation_product){event->amount, share, 1};
    }
    return count;
}

static void report_term(const struct cell *cell, const struct grant_report *report)
{
    struct explanation *e = cell->e;
    const struct event *accepted = acceptance(cell, report);
    const struct rule_scope *rules = cell->grant->rules;
    bool shared = rule_is_set(rules, RULE_ELIGIBLE_SHARE_MAX);
    struct fraction share = {amount_of(1), amount_of(1)};
    struct explanation_product *products =
        ARENA_ARRAY(e->arena, struct explanation_product, cell->made->event_count + 1);
    struct explanation_rounded rounded = {
        .products = products, .unit = amount_of(1), .mode = ROUNDING_DOWN};
    if (shared) {
        share = rules->value[RULE_ELIGIBLE_SHARE_MAX].fraction;
        rounded.unit = rule_amount(rules, RULE_ELIGIBLE_ROUNDING_UNIT);
        rounded.mode = (enum rounding_mode)rule_number(rules, RULE_ELIGIBLE_ROUNDING_MODE);
    }
    rounded.count = costs_of(cell, report, accepted, share, products);
    if (!amount_is_zero(accepted->amount) &&
        amount_compare(accepted->amount, report->eligible) < 0) {
        products[0] = (struct explanation_product){accepted->amount, share, 1};
        rounded.count = 1;
    }
    struct explanation_term *term =
        explanation_term(e, report->accounted, "report %.*s, accepted by %.*s of %s: its costs",
                         (int)report->id.len, report->id.ptr, (int)accepted->id.len,
                         accepted->id.ptr, explanation_day(e, accepted->date));
    term->event = accepted;
    term->at = load_event_place(accepted);
    explanation_of_rounded(e, term, &rounded);
}

/* What accepted reports account for beyond what was paid of the tranches they cover. */
static struct amount beyond(const struct cell *cell)
{
    struct arena *arena = cell->e->arena;
    struct amount all = AMOUNT_ZERO;
    for (unsigned i = 0; i < cell->state->report_count; i++)
        if (cell->state->reports[i].stage == GRANT_REPORT_ACCEPTED)
            all = amount_add(arena, all, cell->state->reports[i].accounted);
    return amount_sub(arena, all, cell->position->figure[GRANT_ACCOUNTED]);
}

static void explain_accounted(const struct cell *cell)
{
    struct explanation *e = cell->e;
    if (!begin(cell, "accounted"))
        return;
    for (unsigned i = 0; i < cell->state->report_count; i++)
        if (cell->state->reports[i].stage == GRANT_REPORT_ACCEPTED)
            report_term(cell, &cell->state->reports[i]);
    if (!amount_is_zero(beyond(cell)))
        explanation_minus(e, beyond(cell), "beyond what was paid of the tranches they cover");
    explanation_rule(e, RULE_ELIGIBLE_SHARE_MAX, DATE_NONE);
    explanation_rule(e, RULE_ELIGIBLE_CATEGORIES, DATE_NONE);
    explanation_rule(e, RULE_ELIGIBLE_ROUNDING_UNIT, DATE_NONE);
    explanation_rule(e, RULE_ELIGIBLE_ROUNDING_MODE, DATE_NONE);
    end_sum(cell, cell->position->figure[GRANT_ACCOUNTED]);
}

/* A difference that is never less than zero. */
static void end_floored(const struct cell *cell, struct amount value, const char *why)
{
    struct explanation *e = cell->e;
    struct amount sum = AMOUNT_ZERO;
    for (size_t i = 0; i < e->term_count; i++)
        sum = e->terms[i].minus ? amount_sub(e->arena, sum, e->terms[i].value)
                                : amount_add(e->arena, sum, e->terms[i].value);
    if (amount_sign(sum) < 0)
        explanation_term(e, amount_negate(e->arena, sum), "%s", why);
    end_sum(cell, value);
}

static void explain_to_account(const struct cell *cell)
{
    const struct amount *figure = cell->position->figure;
    if (!begin(cell, "to_account"))
        return;
    (void)other(cell, figure[GRANT_PAID], "paid");
    other(cell, figure[GRANT_ACCOUNTED], "accounted")->minus = true;
    other(cell, figure[GRANT_RETURNED], "returned")->minus = true;
    end_floored(cell, figure[GRANT_TO_ACCOUNT], "more is accounted for and returned than was paid");
}

/* --- reports --- */

static void name_due(const struct cell *cell, const struct grant_report *report)
{
    static const enum rule_key keys[] = {RULE_REPORTS_DUE_AFTER, RULE_REPORTS_DUE_PLUS,
                                         RULE_REPORTS_DUE_MONTH, RULE_REPORTS_DUE_DAY,
                                         RULE_REPORTS_DUE_YEAR};
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        explanation_item(cell->e, keys[i], report->rules, DATE_NONE);
}

static bool is_due(const struct cell *cell, const struct grant_report *report, struct date *due)
{
    *due = grant_state_due(cell->state, report);
    return !cell->state->cancelled && date_is_set(*due) && !date_before(as_of(cell), *due);
}

static bool is_overdue(const struct cell *cell, const struct grant_report *report, struct date *due)
{
    return is_due(cell, report, due) && grant_report_is_missing(report) &&
           date_before(*due, as_of(cell));
}

static void explain_reports(const struct cell *cell, bool overdue)
{
    struct explanation *e = cell->e;
    const struct grant_position *position = cell->position;
    struct date due;
    if (!begin(cell, overdue ? "reports_overdue" : "reports_due"))
        return;
    for (unsigned i = 0; i < cell->state->report_count; i++) {
        const struct grant_report *report = &cell->state->reports[i];
        if (overdue ? !is_overdue(cell, report, &due) : !is_due(cell, report, &due))
            continue;
        explanation_term(e, amount_of(1), "report %.*s, due on %s%s", (int)report->id.len,
                         report->id.ptr, explanation_day(e, due), overdue ? ", is missing" : "");
        name_due(cell, report);
    }
    explanation_end_count(e, EXPLANATION_SUM,
                          overdue ? position->figure[GRANT_REPORTS_OVERDUE].word
                                  : position->reports_due);
}

static void explain_days_report(const struct cell *cell)
{
    struct explanation *e = cell->e;
    struct date oldest = DATE_NONE, due;
    if (!begin(cell, "days_report_overdue"))
        return;
    for (unsigned i = 0; i < cell->state->report_count; i++)
        if (is_overdue(cell, &cell->state->reports[i], &due) &&
            (!date_is_set(oldest) || date_before(due, oldest)))
            oldest = due;
    if (!date_is_set(oldest)) {
        explanation_say(e, "no report is overdue");
        explanation_end_count(e, EXPLANATION_SUM, cell->position->days_report_overdue);
        return;
    }
    explanation_dated(e, oldest, "the oldest overdue report was due");
    explanation_dated(e, as_of(cell), "the as-of date");
    explanation_end_count(e, EXPLANATION_DAYS, cell->position->days_report_overdue);
}

/* --- clawback --- */

static const struct rule_scope *report_rules(const struct cell *cell)
{
    return program_at(cell->grant->program, as_of(cell));
}

static void claim_term(const struct cell *cell, const struct rule_scope *clause,
                       const struct grant_claim *claim)
{
    struct explanation *e = cell->e;
    struct text id = clause->value[RULE_CLAWBACK_CLAUSES_ID].text;
    struct explanation_term *term =
        explanation_term(e, claim->amount, "clause %.*s holds", (int)id.len, id.ptr);
    explanation_item(e, RULE_CLAWBACK_CLAUSES_WHEN, clause, as_of(cell));
    explanation_item(e, RULE_CLAWBACK_CLAUSES_AMOUNT, clause, as_of(cell));
    if (!clause->value[RULE_CLAWBACK_CLAUSES_ROUNDING].set)
        return;
    explanation_of_share(e, term, claim->base,
                         (struct fraction){amount_of(claim->left), amount_of(claim->months)},
                         rounding_by(clause, RULE_CLAWBACK_CLAUSES_ROUNDING_UNIT,
                                     RULE_CLAWBACK_CLAUSES_ROUNDING_MODE));
    const struct event *breach =
        grant_condition_event(cell->state, clause->value[RULE_CLAWBACK_CLAUSES_WHEN].items[0]);
    if (breach != NULL)
        explanation_say(e, "%d of %d months are left from %s on, on the day of %.*s, %s",
                        claim->left, claim->months,
                        explanation_day(e, grant_state_date(
                                               cell->state,
                                               &clause->value[RULE_CLAWBACK_CLAUSES_DECLINING_OF])),
                        (int)breach->id.len, breach->id.ptr, explanation_day(e, breach->date));
    explanation_item(e, RULE_CLAWBACK_CLAUSES_DECLINING_MONTHS, clause, as_of(cell));
    explanation_item(e, RULE_CLAWBACK_CLAUSES_DECLINING_OF, clause, as_of(cell));
    explanation_item(e, RULE_CLAWBACK_CLAUSES_ROUNDING_UNIT, clause, as_of(cell));
    explanation_item(e, RULE_CLAWBACK_CLAUSES_ROUNDING_MODE, clause, as_of(cell));
}

static void explain_clawback(const struct cell *cell)
{
    struct explanation *e = cell->e;
    const struct rule_scope *rules = report_rules(cell);
    const struct rule_value *clauses = &rules->value[RULE_CLAWBACK_CLAUSES];
    bool sums = rule_number(rules, RULE_CLAWBACK_COMBINE) == RULE_COMBINE_SUM;
    struct amount all = AMOUNT_ZERO;
    if (!begin(cell, "clawback"))
        return;
    for (unsigned i = 0; i < clauses->count && !cell->state->cancelled; i++) {
        struct grant_claim claim =
            grant_position_claim(cell->state, clauses->items[i], as_of(cell));
        if (!claim.holds || amount_is_zero(claim.amount))
            continue;
        if (!sums && amount_compare(claim.amount, all) <= 0)
            continue; /* a smaller one is left out: the largest stands alone */
        if (!sums)
            e->term_count = 0;
        claim_term(cell, clauses->items[i], &claim);
        all = sums ? amount_add(e->arena, all, claim.amount) : claim.amount;
    }
    struct amount more = amount_sub(e->arena, all, cell->position->clawback);
    if (e->term_count > 0)
        explanation_rule(e, RULE_CLAWBACK_COMBINE, as_of(cell));
    else
        explanation_say(e, "no clause of the clawback claims anything");
    if (!amount_is_zero(more))
        explanation_minus(e, more, "never more than was paid");
    end_sum(cell, cell->position->clawback);
}

static void explain_clause(const struct cell *cell)
{
    if (!begin(cell, "clause"))
        return;
    explanation_say(cell->e, cell->position->clause.len > 0
                                 ? "the clauses that make the clawback"
                                 : "no clause of the clawback claims anything");
    explanation_end_words(cell->e, EXPLANATION_WORDS, cell->position->clause);
}

/* The first notice of a clause that holds. */
static const struct event *notice_of(const struct cell *cell)
{
    const struct rule_value *clauses = &report_rules(cell)->value[RULE_CLAWBACK_CLAUSES];
    for (size_t n = 0; n < cell->state->notice_count; n++)
        for (unsigned i = 0; i < clauses->count; i++)
            if (text_equal(clauses->items[i]->value[RULE_CLAWBACK_CLAUSES_ID].text,
                           cell->state->notices[n]->ref) &&
                grant_position_claim(cell->state, clauses->items[i], as_of(cell)).holds)
                return cell->state->notices[n];
    return NULL;
}

static void explain_refund_due(const struct cell *cell)
{
    struct explanation *e = cell->e;
    struct date due = cell->position->refund_due;
    if (!begin(cell, "refund_due"))
        return;
    if (!date_is_set(due)) {
        explanation_say(e, "no notice of a clause that holds was given");
    } else {
        const struct event *notice = notice_of(cell);
        struct explanation_term *term =
            explanation_dated(e, due, "after the notice %.*s of %s", (int)notice->id.len,
                              notice->id.ptr, explanation_day(e, notice->date));
        term->event = notice;
        term->at = load_event_place(notice);
        explanation_of_counted(e, term,
                               &(struct explanation_counted){
                                   .anchor = notice->date,
                                   .every = report_rules(cell)->value[RULE_CLAWBACK_PAYABLE].span,
                                   .times = 1,
                                   .day = RULE_DAY_SAME,
                                   .missing = MISSING_LAST_OF_MONTH});
        explanation_rule(e, RULE_CLAWBACK_PAYABLE, as_of(cell));
    }
    explanation_end_date(e, EXPLANATION_DATE, due);
}

static void explain_refund_outstanding(const struct cell *cell)
{
    if (!begin(cell, "refund_outstanding"))
        return;
    (void)other(cell, cell->position->clawback, "clawback");
    other(cell, cell->position->figure[GRANT_RETURNED], "returned")->minus = true;
    end_floored(cell, cell->position->figure[GRANT_REFUND_OUTSTANDING],
                "more is returned than is claimed");
}

static void explain_days_refund(const struct cell *cell)
{
    struct explanation *e = cell->e;
    const struct grant_position *position = cell->position;
    if (!begin(cell, "days_refund_overdue"))
        return;
    if (position->days_refund_overdue == 0) {
        explanation_say(e, "no refund is overdue");
        explanation_end_count(e, EXPLANATION_SUM, 0);
        return;
    }
    explanation_dated(e, position->refund_due, "the refund was due")->figure = "refund_due";
    explanation_dated(e, as_of(cell), "the as-of date");
    explanation_end_count(e, EXPLANATION_DAYS, position->days_refund_overdue);
}

/* The class of the refund; NULL: none. */
static const struct rule_scope *class_of(const struct cell *cell, int32_t *index)
{
    const struct rule_value *classes = &report_rules(cell)->value[RULE_ARREARS_CLASSES];
    for (unsigned i = 0; i < classes->count && cell->position->class_id.len > 0; i++) {
        *index = (int32_t)i;
        if (text_equal(classes->items[i]->value[RULE_ARREARS_CLASSES_ID].text,
                       cell->position->class_id))
            return classes->items[i];
    }
    return NULL;
}

static void explain_class(const struct cell *cell)
{
    struct explanation *e = cell->e;
    int32_t index = 0;
    const struct rule_scope *class = class_of(cell, &index);
    if (!begin(cell, "class"))
        return;
    if (class == NULL) {
        explanation_say(e, "nothing is to be refunded, or the program has no classes");
        explanation_end_words(e, EXPLANATION_WORDS, text_of(""));
        return;
    }
    const struct rule_value *range = &class->value[RULE_ARREARS_CLASSES_RANGE];
    explanation_ranged(e,
                       &(struct explanation_range){.class_id = cell->position->class_id,
                                                   .index = index,
                                                   .number = cell->position->days_refund_overdue,
                                                   .from = range->from,
                                                   .upto = range->upto},
                       "%d days after the refund was due", cell->position->days_refund_overdue);
    explanation_item(e, RULE_ARREARS_CLASSES_RANGE, class, as_of(cell));
    explanation_end_words(e, EXPLANATION_CLASS, cell->position->class_id);
}

static void explain_provision(const struct cell *cell)
{
    struct explanation *e = cell->e;
    int32_t index = 0;
    const struct rule_scope *class = class_of(cell, &index), *rules = report_rules(cell);
    struct amount provision = cell->position->figure[GRANT_PROVISION];
    if (!begin(cell, "provision"))
        return;
    if (class == NULL || !rule_is_set(rules, RULE_ARREARS_PROVISION)) {
        explanation_say(e, "nothing is provided for");
        end_sum(cell, provision);
        return;
    }
    struct explanation_term *term =
        explanation_term(e, provision, "the share of the class %.*s of refund_outstanding",
                         (int)cell->position->class_id.len, cell->position->class_id.ptr);
    explanation_of_share(e, term, cell->position->figure[GRANT_REFUND_OUTSTANDING],
                         class->value[RULE_ARREARS_CLASSES_PROVISION].fraction,
                         rounding_by(rules, RULE_ARREARS_PROVISION_ROUNDING_UNIT,
                                     RULE_ARREARS_PROVISION_ROUNDING_MODE));
    explanation_item(e, RULE_ARREARS_CLASSES_PROVISION, class, as_of(cell));
    explanation_rule(e, RULE_ARREARS_PROVISION_ROUNDING_UNIT, as_of(cell));
    explanation_rule(e, RULE_ARREARS_PROVISION_ROUNDING_MODE, as_of(cell));
    end_sum(cell, provision);
}

/* --- status --- */

static void explain_status(const struct cell *cell)
{
    static const char *const whys[] = {
        [GRANT_STATUS_AGREED] = "nothing of it is paid",
        [GRANT_STATUS_ACTIVE] = "something is paid; not all is settled and accounted for",
        [GRANT_STATUS_REFUND] = "something is to be refunded",
        [GRANT_STATUS_COMPLETED] = "all of it is paid or lapsed, and accounted for or returned",
        [GRANT_STATUS_CANCELLED] = "cancelled before anything was paid",
    };
    if (!begin(cell, "status"))
        return;
    explanation_say(cell->e, "%s", whys[cell->position->status]);
    explanation_end_words(cell->e, EXPLANATION_WORDS,
                          text_of(grant_status_name(cell->position->status)));
}

static void explain_currency(const struct cell *cell)
{
    if (cell->e->wanted->brief || !begin(cell, "currency"))
        return;
    explanation_say(cell->e, "the currency of the program");
    explanation_rule(cell->e, RULE_CURRENCY_CODE, DATE_NONE);
    explanation_end_words(cell->e, EXPLANATION_WORDS, cell->grant->program->code);
}

static void explain_positions(const struct cell *cell)
{
    const struct grant *grant = cell->grant;
    given(cell, "account_id", grant->account_id, "account_id");
    given(cell, "program", grant->program->id, "program");
    explain_currency(cell);
    given(cell, "borrower_id", grant->borrower_id, "borrower_id");
    if (!cell->e->wanted->brief && begin(cell, "as_of")) {
        explanation_dated(cell->e, as_of(cell), "option --as-of");
        explanation_end_date(cell->e, EXPLANATION_DATE, as_of(cell));
    }
    explain_status(cell);
    explain_award(cell);
    explain_paid(cell);
    explain_in_kind(cell);
    explain_lapsed(cell);
    explain_accounted(cell);
    explain_returned(cell);
    explain_to_account(cell);
    explain_reports(cell, false);
    explain_reports(cell, true);
    explain_days_report(cell);
    explain_clawback(cell);
    explain_clause(cell);
    explain_refund_due(cell);
    explain_refund_outstanding(cell);
    explain_days_refund(cell);
    explain_class(cell);
    explain_provision(cell);
    for (unsigned i = 0; i < cell->options->carried.count; i++) {
        const char *name = text_join(cell->e->arena, "", "", cell->options->carried.list[i]);
        given(cell, name, grant->carried[i], name);
    }
}

/* --- tranches --- */

static void explain_planned(const struct cell *cell, unsigned index)
{
    struct explanation *e = cell->e;
    const struct grant_state *state = cell->state;
    const struct grant_tranche *tranche = &state->tranches[index];
    const struct rule_value *value = tranche->rules->value;
    if (!begin(cell, "planned"))
        return;
    if (value[RULE_TRANCHES_SHARE].set) {
        struct explanation_term *term =
            explanation_term(e, tranche->planned, "its share of the award");
        term->at = load_row_place(cell->work->contract);
        explanation_of_share(
            e, term, cell->grant->award, value[RULE_TRANCHES_SHARE].fraction,
            rounding_by(tranche->rules, RULE_TRANCHES_ROUNDING_UNIT, RULE_TRANCHES_ROUNDING_MODE));
        explanation_item(e, RULE_TRANCHES_SHARE, tranche->rules, DATE_NONE);
        explanation_item(e, RULE_TRANCHES_ROUNDING_UNIT, tranche->rules, DATE_NONE);
        explanation_item(e, RULE_TRANCHES_ROUNDING_MODE, tranche->rules, DATE_NONE);
    } else if (value[RULE_TRANCHES_AMOUNT].set) {
        explanation_term(e, tranche->planned, "the same of every award");
        explanation_item(e, RULE_TRANCHES_AMOUNT, tranche->rules, DATE_NONE);
    } else {
        struct explanation_term *term = explanation_term(e, cell->grant->award, "the award");
        term->at = load_row_place(cell->work->contract);
        for (unsigned i = 0; i < state->tranche_count; i++) {
            struct text id = state->tranches[i].id;
            if (i == index)
                continue;
            term = explanation_minus(e, state->tranches[i].planned, "tranche %.*s", (int)id.len,
                                     id.ptr);
            term->row = explanation_text(e, "%.*s", (int)id.len, id.ptr);
            term->figure = "planned";
        }
        explanation_item(e, RULE_TRANCHES_REMAINDER, tranche->rules, DATE_NONE);
    }
    end_sum(cell, tranche->planned);
}

static void explain_released(const struct cell *cell, const struct grant_tranche *tranche)
{
    struct explanation *e = cell->e;
    if (!begin(cell, "released_on"))
        return;
    if (!date_is_set(tranche->paid_on))
        explanation_say(e, "nothing of it is paid");
    for (size_t i = 0; i < cell->made->event_count && e->term_count == 0; i++) {
        const struct event *event = cell->made->events[i];
        if (!event->counts || event->type != EVENT_PAY || !text_equal(event->ref, tranche->id))
            continue;
        struct explanation_term *term = explanation_dated(e, event->date, "its first payment, %.*s",
                                                          (int)event->id.len, event->id.ptr);
        term->event = event;
        term->at = load_event_place(event);
    }
    explanation_item(e, RULE_TRANCHES_RELEASE, tranche->rules, DATE_NONE);
    explanation_end_date(e, EXPLANATION_DATE, tranche->paid_on);
}

static void explain_tranche_lapsed(const struct cell *cell, unsigned index)
{
    struct explanation *e = cell->e;
    const struct grant_tranche *tranche = &cell->state->tranches[index];
    struct date last = grant_state_last_day(cell->state, tranche);
    if (!begin(cell, "lapsed"))
        return;
    if (!date_before(last, as_of(cell))) {
        if (date_equal(last, DATE_UNLIMITED))
            explanation_say(e, "what is unpaid of it does not lapse by then");
        else
            explanation_say(e, "it can be paid up to %s", explanation_day(e, last));
    } else {
        struct explanation_term *term = other(cell, tranche->planned, "planned");
        term->row = cell->row;
        term = other(cell, tranche->paid, "paid");
        term->minus = true;
        term->row = cell->row;
        explanation_say(e, "its last day of payment was %s", explanation_day(e, last));
    }
    explanation_item(e, RULE_TRANCHES_LAPSE_AFTER, tranche->rules, DATE_NONE);
    explanation_item(e, RULE_TRANCHES_LAPSE_PLUS, tranche->rules, DATE_NONE);
    end_sum(cell, cell->position->lapsed_of[index]);
}

static void explain_tranches(struct cell *cell)
{
    cell->file = "grant_tranches.csv";
    for (unsigned i = 0; i < cell->state->tranche_count && !cell->state->cancelled; i++) {
        const struct grant_tranche *tranche = &cell->state->tranches[i];
        cell->row = explanation_text(cell->e, "%.*s", (int)tranche->id.len, tranche->id.ptr);
        cell->line = i + 1;
        given(cell, "account_id", cell->grant->account_id, "account_id");
        if (begin(cell, "tranche")) {
            explanation_say(cell->e, "a tranche of the program");
            explanation_item(cell->e, RULE_TRANCHES_ID, tranche->rules, DATE_NONE);
            explanation_end_words(cell->e, EXPLANATION_WORDS, tranche->id);
        }
        explain_planned(cell, i);
        explain_released(cell, tranche);
        if (begin(cell, "paid")) {
            event_terms(cell, EVENT_PAY, tranche->id);
            end_sum(cell, tranche->paid);
        }
        explain_tranche_lapsed(cell, i);
    }
}

/* --- grant_portfolio.csv: the grant's part in its groups --- */

static void explain_budget(const struct cell *cell)
{
    struct explanation *e = cell->e;
    const struct grant_year year = grant_year_of(cell->grant);
    if (!year.budgeted || !begin(cell, "budget"))
        return;
    explanation_term(e, year.budget, "the budget of %.*s for %d, which its grants share",
                     (int)year.program.len, year.program.ptr, year.year);
    const struct rule_value *budgets = &cell->grant->rules->value[RULE_AWARD_BUDGET];
    for (unsigned i = 0; i < budgets->count; i++)
        if (text_is(budgets->items[i]->name, explanation_text(e, "%d", year.year)))
            explanation_item(e, RULE_AWARD_BUDGET_ANY, budgets->items[i], DATE_NONE);
    end_sum(cell, year.budget);
}

static void explain_part(struct cell *cell)
{
    static const struct {
        const char *part, *figure;
        enum grant_figure is;
    } parts[] = {
        {"paid", "paid", GRANT_PAID},
        {"in_kind", "in_kind", GRANT_IN_KIND},
        {"accounted", "accounted", GRANT_ACCOUNTED},
        {"returned", "returned", GRANT_RETURNED},
        {"to_account", "to_account", GRANT_TO_ACCOUNT},
        {"refund_outstanding", "refund_outstanding", GRANT_REFUND_OUTSTANDING},
        {"provision", "provision", GRANT_PROVISION},
    };
    const struct amount *figure = cell->position->figure;
    cell->file = "grant_portfolio.csv";
    cell->row = "";
    cell->line = 1;
    if (begin(cell, "grants")) {
        explanation_term(cell->e, amount_of(1), "the grant");
        explanation_end_count(cell->e, EXPLANATION_SUM, 1);
    }
    if (begin(cell, "awarded")) {
        if (!cell->state->cancelled)
            (void)other(cell, cell->grant->award, "award");
        else
            explanation_say(cell->e, "nothing is awarded by a grant that is cancelled");
        end_sum(cell, figure[GRANT_AWARDED]);
    }
    explain_budget(cell);
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        if (begin(cell, parts[i].part)) {
            (void)other(cell, figure[parts[i].is], parts[i].figure);
            end_sum(cell, figure[parts[i].is]);
        }
    if (begin(cell, "reports_overdue")) {
        (void)other(cell, figure[GRANT_REPORTS_OVERDUE], "reports_overdue");
        explanation_end_count(cell->e, EXPLANATION_SUM, figure[GRANT_REPORTS_OVERDUE].word);
    }
}

void explain_grant(struct explanation *e, const struct run_options *options,
                   const struct work *work)
{
    struct cell cell = {
        .e = e,
        .options = options,
        .work = work,
        .grant = &work->grant,
        .made = work->made_grant,
        .state = &work->made_grant->state,
        .position = &work->made_grant->position,
        .file = "grant_positions.csv",
        .row = "",
        .line = 1,
    };
    explain_positions(&cell);
    explain_tranches(&cell);
    explain_part(&cell);
}
