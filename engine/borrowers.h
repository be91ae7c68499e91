/*
 * The worst class of each borrower, for programs with `scope: borrower` (semantics 8): noted in a
 * first pass over the book, looked up in the second.
 *
 * A borrower of a program is kept only once some account of theirs is worse than the first class,
 * so that memory grows with the borrowers in arrears, not with the book; shards, which have all
 * accounts of a borrower in one, divide it.
 */
#ifndef NOL_BORROWERS_H
#define NOL_BORROWERS_H

#include "program.h"

/* The positions of a run that have a class. */
enum borrowers_moment {
    BORROWERS_NOW,     /* at as-of */
    BORROWERS_OPENING, /* at the day before the period, as published */
    BORROWERS_MOMENTS
};

struct borrower; /* of one program */

struct borrowers {
    struct arena arena;
    struct borrower **slots; /* open addressing */
    size_t slot_count, count;
};

void borrowers_init(struct borrowers *borrowers, const struct memory *memory);
void borrowers_free(struct borrowers *borrowers);

/** borrowers_note(borrowers, program, id, moment, class): an active account of ${id}, which is not
 * empty, is of this class, an index. */
void borrowers_note(struct borrowers *borrowers, const struct program *program, struct text id,
                    enum borrowers_moment moment, int32_t class);

/** borrowers_worst(borrowers, program, id, moment): the worst class noted. */
int32_t borrowers_worst(const struct borrowers *borrowers, const struct program *program,
                        struct text id, enum borrowers_moment moment);

/** borrowers_merge(into, from): note all that ${from} has. */
void borrowers_merge(struct borrowers *into, const struct borrowers *from);

#endif
