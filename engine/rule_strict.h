/*
 * What `nol check --strict` asks beyond well-formed rules (design 7): that each clause names its
 * source and the source is in force, that classes leave nothing unsaid, that each rule can have an
 * effect, that due dates stay inside the calendar they are moved by, and that a loan without
 * interest does not earn one by another name.  (That rounding leaves each row is part of
 * rule_check(): no program is read without it.)
 *
 * A finding is a fault like any other, with place and slug, noted once however many versions have
 * it.  Each is proved for every loan inside the program's limits; where that cannot be proved
 * nothing is said.
 */
#ifndef NOL_RULE_STRICT_H
#define NOL_RULE_STRICT_H

#include "program.h"

/** rule_strict(arena, program, faults): note all findings of a well-formed program; ${arena} is
 * scratch. */
void rule_strict(struct arena *arena, const struct program *program, struct faults *faults);

/** rule_strict_calendar(calendar, faults): the same of a calendar alone. */
void rule_strict_calendar(const struct calendar *calendar, struct faults *faults);

/* --- its parts --- */

/* One version of a program that is looked at. */
struct strict {
    struct arena *arena;
    const struct program *program;
    const struct rule_scope *rules;
    struct date from; /* its first day */
    struct date upto; /* the day before the next one; DATE_UNLIMITED: the last */
    struct faults *faults;
};

#define STRICT_NOTE(strict, code, at, ...)                                                         \
    fault_add_once((strict)->faults, (code), (at), __VA_ARGS__)

/** strict_sources(strict): the sources of the clauses. */
void strict_sources(const struct strict *strict);

/** strict_classes(strict): what the classes leave unsaid, and those that no count reaches. */
void strict_classes(const struct strict *strict);

/** strict_dates(strict): rules about due dates without effect, and dates outside the calendar. */
void strict_dates(const struct strict *strict);

/** strict_effect(strict): other rules that never have an effect. */
void strict_effect(const struct strict *strict);

/** strict_qardh(strict): what makes a gain of a loan that bears no interest. */
void strict_qardh(const struct strict *strict);

/** strict_grants(strict): rules of a grant program without effect; nothing of other programs. */
void strict_grants(const struct strict *strict);

/** strict_amendments(arena, program, faults): amendments that change nothing or never hold. */
void strict_amendments(struct arena *arena, const struct program *program, struct faults *faults);

static inline const struct rule_value *strict_value(const struct strict *strict, enum rule_key key)
{
    return &strict->rules->value[key];
}

static inline bool strict_given(const struct strict *strict, enum rule_key key)
{
    return strict_value(strict, key)->given;
}

#endif
