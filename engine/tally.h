/*
 * Control totals: how many rows and what sum were read, accepted and rejected (design 5), per input
 * and per role.
 */
#ifndef NOL_TALLY_H
#define NOL_TALLY_H

#include "book.h"

struct tally {
    uint64_t count;
    struct decimal_sum sum; /* of the amounts as written, whatever their currency */
};

/* Of one input file: its rows by event type; rows of unknown or no type under EVENT_TYPES. */
struct tally_input {
    struct tally by_type[EVENT_TYPES + 1];
};

struct tally_role {
    struct tally read, accepted, rejected;
};

struct tallies {
    struct arena arena;
    struct tally_input *inputs; /* one per input of the book */
    unsigned input_count;
    struct tally_role roles[BOOK_ROLES];
};

void tallies_init(struct tallies *tallies, const struct memory *memory, unsigned inputs);
void tallies_free(struct tallies *tallies);

/** tallies_add(tallies, input, role, type, row, rejected): count one row; ${type} EVENT_TYPES for
 * loans and plans. */
void tallies_add(struct tallies *tallies, unsigned input, enum book_role role, enum event_type type,
                 const struct load_row *row, bool rejected);

/** tally_restore(tally, count, sum): add a tally that was written down. */
void tally_restore(struct tally *tally, uint64_t count, struct decimal sum);

void tallies_merge(struct tallies *into, const struct tallies *from);

/** tallies_law(tallies): NULL when accepted + rejected = read for counts and sums, else the broken
 * part. */
const char *tallies_law(struct tallies *tallies);

#endif
