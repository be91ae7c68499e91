#include "explain_loan.h"

#include "rule_check.h"

static const char movements[] = "movement.csv";
static const char migration[] = "migration.csv";

/* The period at hand. */
struct period {
    const struct explain_loan *x;
    struct explanation *e;
    struct date before, upto; /* the day before it, and its last */
    bool taken_over;          /* within it */
};

static bool begin(const struct period *period, const char *figure)
{
    return explanation_begin(period->e, movements, 1, "", figure);
}

static void end(const struct period *period, enum movement movement)
{
    explanation_end_money(period->e, EXPLANATION_SUM, period->x->made->entry.movement[movement]);
}

/* All steps of a trace up to the day before the period. */
static struct explain_steps before(const struct period *period, const struct trace *trace)
{
    return (struct explain_steps){trace, 0, period->before};
}

/* Those of the period: of a loan taken over within it, after the opening. */
static struct explain_steps within(const struct period *period)
{
    const struct trace *trace = period->x->trace;
    struct explain_steps steps = explain_steps_after(trace, period->before, period->upto);
    for (size_t i = 0; i < trace->step_count && period->taken_over; i++)
        if (trace->steps[i].event == period->x->account->taken_over_by)
            steps.from = i + 1;
    return steps;
}

static const struct computation *published(const struct period *period)
{
    const struct work_loan *made = period->x->made;
    return made->apart ? &made->published : &made->run;
}

static void explain_opening(const struct period *period)
{
    const struct explain_steps steps = before(period, published(period)->trace);
    if (!begin(period, "opening"))
        return;
    if (period->x->made->entry.opening != NULL)
        explain_changes(period->x, &steps, TRACE_NO_ROW, TRACE_OUTSTANDING);
    explanation_say(period->e, "as published: outstanding at the end of %s",
                    explanation_day(period->e, period->before));
    end(period, MOVEMENT_OPENING);
}

static void explain_restated(const struct period *period)
{
    const struct work_loan *made = period->x->made;
    const struct explain_steps steps = before(period, period->x->trace);
    struct amount opening = made->entry.movement[MOVEMENT_OPENING];
    if (!begin(period, "restated"))
        return;
    if (made->apart) {
        if (made->run.snapshot_exists)
            explain_changes(period->x, &steps, TRACE_NO_ROW, TRACE_OUTSTANDING);
        if (!amount_is_zero(opening))
            explanation_minus(period->e, opening, "opening, as published")->figure = "opening";
        explanation_say(period->e, "what is known now of the day before the period, less what was "
                                   "published of it");
    } else {
        explanation_say(period->e, "nothing else is known of the day before the period than when "
                                   "it was published");
    }
    end(period, MOVEMENT_RESTATED);
}

static void explain_taken_over(const struct period *period)
{
    const struct account *account = period->x->account;
    if (!begin(period, "taken_over"))
        return;
    if (period->taken_over) {
        const struct event *event = account->taken_over_by;
        struct explanation_term *term = explanation_term(period->e, account->at_opening.outstanding,
                                                         "outstanding after the opening %.*s",
                                                         (int)event->id.len, event->id.ptr);
        term->event = event;
        term->at = load_event_place(event);
    }
    end(period, MOVEMENT_TAKEN_OVER);
}

static void explain_flow(const struct period *period, const char *figure, enum trace_field field,
                         enum movement movement)
{
    const struct explain_steps steps = within(period);
    if (!begin(period, figure))
        return;
    if (period->x->run->exists)
        explain_changes(period->x, &steps, TRACE_NO_ROW, field);
    end(period, movement);
}

static void explain_closing(const struct period *period)
{
    const struct explain_steps all = explain_all_steps(period->x);
    if (!begin(period, "closing"))
        return;
    if (period->x->run->exists)
        explain_changes(period->x, &all, TRACE_NO_ROW, TRACE_OUTSTANDING);
    end(period, MOVEMENT_CLOSING);
}

/* --- provisions --- */

static void term_of(const struct period *period, enum movement movement, const char *name,
                    bool minus)
{
    struct amount value = period->x->made->entry.movement[movement];
    if (!amount_is_zero(value))
        explanation_term(period->e, value, "%s", name)->minus = minus;
    if (!amount_is_zero(value))
        period->e->terms[period->e->term_count - 1].figure = name;
}

static void explain_provisions(const struct period *period)
{
    const struct portfolio_entry *entry = &period->x->made->entry;
    if (begin(period, "provision_opening")) {
        if (entry->opening != NULL)
            explain_provision(period->x, entry->opening, period->before);
        end(period, MOVEMENT_PROVISION_OPENING);
    }
    if (begin(period, "provision_expense")) {
        term_of(period, MOVEMENT_PROVISION_CLOSING, "provision_closing", false);
        term_of(period, MOVEMENT_PROVISION_OPENING, "provision_opening", true);
        term_of(period, MOVEMENT_PROVISION_WRITTEN_OFF, "provision_written_off", false);
        end(period, MOVEMENT_PROVISION_EXPENSE);
    }
    if (begin(period, "provision_written_off")) {
        if (!amount_is_zero(entry->movement[MOVEMENT_PROVISION_WRITTEN_OFF]))
            term_of(period, MOVEMENT_PROVISION_OPENING, "provision_opening", false);
        else
            explanation_say(period->e, "no loan with a provision was written off in the period");
        end(period, MOVEMENT_PROVISION_WRITTEN_OFF);
    }
    if (begin(period, "provision_closing")) {
        if (entry->now != NULL)
            explain_provision(period->x, entry->now, period->upto);
        end(period, MOVEMENT_PROVISION_CLOSING);
    }
}

static struct period period_of(const struct explain_loan *x)
{
    struct period period = {
        .x = x,
        .e = x->e,
        .before = date_add_days(x->options->from, -1),
        .upto = x->options->as_of,
    };
    (void)computation_base(x->run, x->options->from, &period.taken_over);
    return period;
}

void explain_movement(const struct explain_loan *x)
{
    if (!date_is_set(x->options->from) || !x->made->entry.moves)
        return;
    const struct period period = period_of(x);
    explain_opening(&period);
    explain_restated(&period);
    explain_taken_over(&period);
    explain_flow(&period, "disbursed", TRACE_DISBURSED, MOVEMENT_DISBURSED);
    explain_flow(&period, "repaid", TRACE_REPAID, MOVEMENT_REPAID);
    explain_flow(&period, "written_off", TRACE_WRITTEN_OFF, MOVEMENT_WRITTEN_OFF);
    explain_flow(&period, "forgiven", TRACE_FORGIVEN, MOVEMENT_FORGIVEN);
    explain_closing(&period);
    explain_provisions(&period);
}

/* --- migration.csv --- */

static void explain_state(const struct explain_loan *x, const char *figure,
                          const struct position *position, struct date date)
{
    struct explanation *e = x->e;
    if (!explanation_begin(e, migration, 1, "", figure))
        return;
    explanation_say(e,
                    position == NULL ? "it did not exist at the end of %s"
                                     : "its class, else its status, at the end of %s",
                    explanation_day(e, date));
    explanation_end_words(e, EXPLANATION_WORDS, position_state_name(position));
}

void explain_migration(const struct explain_loan *x)
{
    const struct portfolio_entry *entry = &x->made->entry;
    struct explanation *e = x->e;
    if (!date_is_set(x->options->from) || !entry->moves || entry->now == NULL)
        return;
    explain_state(x, "class_from", entry->opening, date_add_days(x->options->from, -1));
    explain_state(x, "class_to", entry->now, x->options->as_of);
    if (explanation_begin(e, migration, 1, "", "accounts")) {
        explanation_term(e, amount_of(1), "the account");
        explanation_end_count(e, EXPLANATION_SUM, 1);
    }
    if (explanation_begin(e, migration, 1, "", "outstanding")) {
        explanation_term(e, entry->now->figure[FIGURE_OUTSTANDING], "outstanding")->figure =
            "outstanding";
        explanation_end_money(e, EXPLANATION_SUM, entry->now->figure[FIGURE_OUTSTANDING]);
    }
}
