/*
 * The contract of a grant: what the grant book says of one, typed.
 */
#ifndef NOL_GRANT_H
#define NOL_GRANT_H

#include "program.h"

struct grant {
    struct text account_id;
    struct text borrower_id;
    const struct program *program;
    const struct rule_scope *rules; /* in force at the agreement: award, tranches, reports */
    struct date agreed;
    struct date recorded;
    struct amount award;
    const struct amount *planned;  /* by tranche of the rules: each > 0, together the award */
    const struct text *attributes; /* in the order of --attribute */
    const struct text *carried;    /* in the order of --carry */
};

#endif
