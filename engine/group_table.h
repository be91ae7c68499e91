/*
 * Groups of accounts by what they have in common: all, a program, the value of an attribute; each
 * split by currency.  What is gathered of a group is the caller's: an entry begins with its key.
 */
#ifndef NOL_GROUP_TABLE_H
#define NOL_GROUP_TABLE_H

#include "arena.h"
#include "text.h"

struct group_key {
    unsigned by; /* 0 all, 1 program, 2.. attributes */
    struct text name, code;
    unsigned decimals; /* of the currency */
};

struct group_table {
    struct arena arena;       /* of entries, and of what they gather */
    size_t entry_bytes;       /* of an entry, whose first member is its key */
    struct group_key **slots; /* open addressing */
    size_t slot_count, count;
};

/** group_table_init(table, memory, entry_bytes): empty. */
void group_table_init(struct group_table *table, const struct memory *memory, size_t entry_bytes);
void group_table_free(struct group_table *table);

/** group_table_get(table, key): the entry of ${key}, made (and cleared) on demand; it keeps copies
 * of the texts. */
void *group_table_get(struct group_table *table, const struct group_key *key);

/** group_table_sorted(table): all entries, count of them: by `by`, then name, then code, bytewise.
 * The array belongs to the table. */
struct group_key **group_table_sorted(struct group_table *table);

#endif
