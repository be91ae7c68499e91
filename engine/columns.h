/*
 * Which column of a CSV file holds what: the header against the columns that the file has by
 * design, and against those that options name.
 */
#ifndef NOL_COLUMNS_H
#define NOL_COLUMNS_H

#include "arena.h"
#include "csv_read.h"

/* Columns that options and rules name beside those of the design. */
struct columns_named {
    const struct text *attributes;
    unsigned attribute_count;
    const struct text *carried;
    unsigned carried_count;
    const struct text *ignored;
    unsigned ignored_count;
    const struct text *ruled; /* used by rules: they need not be there */
    unsigned ruled_count;
};

struct columns {
    unsigned count;      /* fields of every row */
    int16_t *known;      /* by known column: its field, -1 when absent */
    int16_t *attributes; /* by attribute: its field */
    int16_t *carried;
    int16_t *ruled; /* -1 when absent */
};

struct column_spec {
    const char *name;
    bool required;
};

/**
 * columns_read(arena, header, specs, count, named, columns, faults):
 * Understand the header record by ${specs}.  ${named} is NULL for files that take no attributes.
 * False after a fault.
 */
bool columns_read(struct arena *arena, const struct csv_record *header,
                  const struct column_spec *specs, unsigned count,
                  const struct columns_named *named, struct columns *columns,
                  struct faults *faults);

#endif
