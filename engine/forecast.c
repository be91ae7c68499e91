#include "forecast.h"

#include "crew.h"
#include "manifest.h"
#include "work.h"

/* --- rules and assumptions --- */

static unsigned sides_of(const struct forecast *forecast)
{
    return forecast->options->reform == NULL ? 1 : 2;
}

static bool make_rules(void *context, struct arena *arena, const struct rules *rules,
                       struct rules *sides, struct faults *faults)
{
    struct forecast *forecast = context;
    const struct run_options *run = forecast->run;
    const struct forecast_options *options = forecast->options;
    unsigned order = rules->file_count + run_file_count(run);
    if (options->reform != NULL &&
        (!reform_load(arena, options->reform, order, &forecast->reform, faults) ||
         !reform_apply(arena, &forecast->reform, NULL, rules, &sides[1], faults)))
        return false;
    return options->assume == NULL ||
           (assume_load(arena, options->assume, order + 1, &forecast->assume, faults) &&
            assume_bind(arena, &forecast->assume, options->reform != NULL ? &sides[1] : rules,
                        run->as_of, faults));
}

/* --- accounts --- */

static void end_pass(struct forecast *forecast)
{
    for (unsigned i = 0; i < forecast->workers; i++)
        outlook_free(&forecast->outlooks[i]);
    forecast->workers = 0;
}

static void begin(void *context, unsigned workers)
{
    struct forecast *forecast = context;
    end_pass(forecast);
    for (; forecast->workers < workers; forecast->workers++) {
        outlook_init(&forecast->outlooks[forecast->workers], forecast->run->memory,
                     &forecast->months, forecast->run->attributes.count);
        forecast->refused[forecast->workers] = 0;
    }
}

static void forecast_account(void *context, unsigned worker, struct work *works, struct buffer *out)
{
    struct forecast *forecast = context;
    struct work *work = &works[sides_of(forecast) - 1];
    (void)out;
    if (works[0].loan.program == NULL || works[0].outcome.refused || !works[0].outcome.exists)
        return;
    if (work->outcome.refused) {
        forecast->refused[worker]++;
        return;
    }
    if (work->outcome.exists)
        outlook_add(&forecast->outlooks[worker], &work->account, &work->outcome.position,
                    forecast->options->assume == NULL
                        ? NULL
                        : assume_of(&forecast->assume, work->loan.program->id));
}

/* --- forecast.csv --- */

struct date forecast_from(const struct forecast *forecast, unsigned line)
{
    return line == 0 ? DATE_NONE : date_add_days(forecast->months.upto[line - 1], 1);
}

struct date forecast_upto(const struct forecast *forecast, unsigned line)
{
    return line > forecast->months.count ? DATE_NONE : forecast->months.upto[line];
}

const struct relend *forecast_relend_of(const struct forecast *forecast,
                                        const struct group_key *group)
{
    for (unsigned i = 0; i < forecast->relend_count && group->by == 1; i++)
        if (text_equal(forecast->relends[i].assumed->program->id, group->name))
            return &forecast->relends[i];
    return NULL;
}

static void put_fund(struct buffer *out, const struct forecast *forecast,
                     const struct relend *relend, unsigned line, unsigned decimals)
{
    bool after = line > forecast->months.count, before = line == 0;
    for (unsigned i = 0; i < 3 && relend == NULL; i++)
        csv_empty(out);
    if (relend == NULL)
        return;
    const struct relend_month *month = &relend->months[line];
    if (before || after)
        csv_empty(out);
    else
        csv_amount(out, month->lent, decimals);
    if (before)
        csv_empty(out);
    else
        csv_amount(out, month->returned, decimals);
    if (after)
        csv_empty(out);
    else
        csv_amount(out, month->fund, decimals);
}

static void put_line(struct forecast *forecast, struct buffer *out,
                     const struct outlook_group *group, unsigned line)
{
    static const enum outlook_figure figures[] = {
        OUTLOOK_PRINCIPAL, OUTLOOK_FEE,  OUTLOOK_PENALTY,  OUTLOOK_CREDIT,  OUTLOOK_CONTRACT,
        OUTLOOK_ON_TIME,   OUTLOOK_LATE, OUTLOOK_NOT_PAID, OUTLOOK_LATE_IN, OUTLOOK_EXPECTED,
    };
    enum { CONTRACTUAL = 5, COUNT = sizeof figures / sizeof *figures };
    const struct group_key *key = &group->key;
    bool assumed = forecast->options->assume != NULL;
    csv_text(out, key->by == 0   ? text_of("all")
                  : key->by == 1 ? text_of("program")
                                 : forecast->run->attributes.list[key->by - 2]);
    csv_text(out, key->name);
    csv_text(out, key->code);
    csv_number(out, line);
    csv_date(out, forecast_from(forecast, line));
    csv_date(out, forecast_upto(forecast, line));
    for (unsigned i = 0; i < COUNT; i++) {
        if (i < CONTRACTUAL || assumed)
            csv_amount(out, outlook_value(&forecast->scratch, group, line, figures[i]),
                       key->decimals);
        else
            csv_empty(out);
    }
    put_fund(out, forecast, forecast_relend_of(forecast, key), line, key->decimals);
    csv_end_row(out);
    arena_reset(&forecast->scratch);
}

static bool write_lines(struct forecast *forecast, struct out_dir *out)
{
    struct buffer text;
    struct group_table *groups = &forecast->outlooks[0].groups;
    struct group_key **sorted = group_table_sorted(groups);
    struct out_file *file = out_dir_file(out, "forecast.csv");
    buffer_init(&text, forecast->run->memory);
    buffer_put_string(&text, "group_by,group,currency,month,from,upto,principal,fee,penalty,credit,"
                             "contractual,on_time,late,not_paid,late_received,expected,relent,"
                             "relent_received,fund\n");
    bool written = file != NULL;
    for (size_t i = 0; i < groups->count && written; i++) {
        for (unsigned line = 0; line < outlook_lines(&forecast->months); line++)
            put_line(forecast, &text, (const struct outlook_group *)sorted[i], line);
        written = out_dir_write(out, file, (struct text){text.bytes, text.len});
        text.len = 0;
    }
    if (written && groups->count == 0)
        written = out_dir_write(out, file, (struct text){text.bytes, text.len});
    buffer_free(&text);
    return written;
}

/* --- the end --- */

/* Whether the assumptions speak of every program that has unpaid money. */
static bool check_programs(struct forecast *forecast)
{
    struct group_table *groups = &forecast->outlooks[0].groups;
    struct group_key **sorted = group_table_sorted(groups);
    bool well = true;
    for (size_t i = 0; i < groups->count; i++) {
        const struct outlook_group *group = (const struct outlook_group *)sorted[i];
        struct amount unpaid = AMOUNT_ZERO;
        if (group->key.by != 1 || assume_of(&forecast->assume, group->key.name) != NULL)
            continue;
        for (unsigned line = 0; line < outlook_lines(&forecast->months); line++)
            unpaid = amount_add(&forecast->scratch, unpaid,
                                outlook_value(&forecast->scratch, group, line, OUTLOOK_CONTRACT));
        if (amount_is_zero(unpaid))
            continue;
        assume_no_program(&forecast->assume, group->key.name, forecast->faults);
        well = false;
    }
    arena_reset(&forecast->scratch);
    return well;
}

static void run_funds(struct forecast *forecast)
{
    struct assume *assume = &forecast->assume;
    forecast->relends = ARENA_ARRAY(forecast->arena, struct relend, assume->program_count);
    for (unsigned i = 0; i < assume->program_count; i++) {
        const struct assume_program *assumed = &assume->programs[i];
        if (!assumed->relend.wanted)
            continue;
        relend_run(forecast->arena, assumed, &forecast->months,
                   outlook_of_program(&forecast->outlooks[0], assumed->program),
                   &forecast->relends[forecast->relend_count++]);
    }
}

static bool finish(void *context, struct out_dir *out, struct buffer *manifest)
{
    struct forecast *forecast = context;
    for (unsigned i = 1; i < forecast->workers; i++) {
        outlook_merge(&forecast->outlooks[0], &forecast->outlooks[i]);
        forecast->refused[0] += forecast->refused[i];
    }
    buffer_printf(manifest, "months: %u\n", forecast->months.count);
    if (forecast->options->reform != NULL)
        manifest_put_files(manifest, "reform", &forecast->reform.file, 1);
    if (forecast->options->assume != NULL) {
        manifest_put_files(manifest, "assume", &forecast->assume.file, 1);
        if (!check_programs(forecast))
            return false;
        run_funds(forecast);
    }
    return out == NULL || write_lines(forecast, out);
}

/* --- the whole --- */

enum run_outcome forecast_run(struct forecast *forecast, const struct run_options *run,
                              const struct forecast_options *options, struct arena *arena,
                              struct out_dir *out, struct faults *faults)
{
    *forecast = (struct forecast){
        .run = run,
        .options = options,
        .arena = arena,
        .faults = faults,
        .outlooks = ARENA_ARRAY(arena, struct outlook, CREW_THREADS_MAX),
        .refused = ARENA_ARRAY(arena, uint64_t, CREW_THREADS_MAX),
    };
    arena_init(&forecast->scratch, run->memory);
    (void)outlook_months_from(&forecast->months, run->as_of, options->months);
    const struct run_view view = {
        .context = forecast,
        .sides = sides_of(forecast),
        .make_rules = make_rules,
        .begin = begin,
        .account = forecast_account,
        .finish = finish,
    };
    return run_view(run, &view, arena, out, faults);
}

void forecast_free(struct forecast *forecast)
{
    end_pass(forecast);
    arena_free(&forecast->scratch);
}
