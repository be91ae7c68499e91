/*
 * A table on the terminal: columns as wide as their widest cell, texts to the left, numbers to the
 * right.
 */
#ifndef NOL_TABLE_H
#define NOL_TABLE_H

#include "nol.h"

enum { TABLE_COLUMNS_MAX = 16 };

struct table {
    struct arena *arena;
    unsigned columns, texts; /* the first ${texts} columns are texts */
    const char **cells;
    size_t rows, room; /* the first row is the heads */
};

/** table_begin(table, arena, heads, columns, texts): all cells given must outlive the table. */
void table_begin(struct table *table, struct arena *arena, const char *const *heads,
                 unsigned columns, unsigned texts);

/** table_row(table, cells): one more row. */
void table_row(struct table *table, const char *const *cells);

/** table_print(table): to standard output. */
void table_print(const struct table *table);

#endif
