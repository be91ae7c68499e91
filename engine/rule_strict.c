#include "rule_strict.h"

void rule_strict(struct arena *arena, const struct program *program, struct faults *faults)
{
    for (unsigned i = 0; i < program->count; i++) {
        bool last = i + 1 == program->count;
        struct strict strict = {
            .arena = arena,
            .program = program,
            .rules = program->versions[i].rules,
            .from = program->versions[i].from,
            .upto = last ? DATE_UNLIMITED : date_add_days(program->versions[i + 1].from, -1),
            .faults = faults,
        };
        if (!last && !date_before(strict.from, program->versions[i + 1].from))
            continue; /* amended on the day from which the program is in force */
        strict_sources(&strict);
        strict_classes(&strict);
        strict_dates(&strict);
        strict_effect(&strict);
        strict_qardh(&strict);
        strict_grants(&strict);
    }
    strict_amendments(arena, program, faults);
}

void rule_strict_calendar(const struct calendar *calendar, struct faults *faults)
{
    char quoted[TEXT_QUOTE_MAX];
    if (!calendar->has_source)
        fault_add_once(faults, FAULT_SOURCE_ABSENT, calendar->id_at,
                       "calendar %s names no source: add `source:` with the decree or list it is "
                       "taken from",
                       text_quote(quoted, calendar->id));
}
