#include "group_table.h"

#include <stdint.h>
#include <stdlib.h>

void group_table_init(struct group_table *table, const struct memory *memory, size_t entry_bytes)
{
    *table = (struct group_table){.entry_bytes = entry_bytes};
    arena_init(&table->arena, memory);
}

void group_table_free(struct group_table *table)
{
    arena_free(&table->arena);
    table->slots = NULL;
    table->slot_count = table->count = 0;
}

/* FNV-1a over the three parts of the key. */
static uint64_t hash_key(const struct group_key *key)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ key->by;
    for (size_t i = 0; i < key->name.len; i++)
        hash = (hash ^ (unsigned char)key->name.ptr[i]) * UINT64_C(1099511628211);
    for (size_t i = 0; i < key->code.len; i++)
        hash = (hash ^ (unsigned char)key->code.ptr[i]) * UINT64_C(1099511628211);
    return hash ^ (hash >> 29);
}

static size_t find_slot(const struct group_table *table, const struct group_key *key)
{
    size_t slot = hash_key(key) & (table->slot_count - 1);
    for (;; slot = (slot + 1) & (table->slot_count - 1)) {
        const struct group_key *entry = table->slots[slot];
        if (entry == NULL || (entry->by == key->by && text_equal(entry->name, key->name) &&
                              text_equal(entry->code, key->code)))
            return slot;
    }
}

static void widen(struct group_table *table)
{
    struct group_table old = *table;
    table->slot_count = old.slot_count == 0 ? 64 : 2 * old.slot_count;
    table->slots = ARENA_ARRAY(&table->arena, struct group_key *, table->slot_count);
    for (size_t i = 0; i < old.slot_count; i++)
        if (old.slots[i] != NULL)
            table->slots[find_slot(table, old.slots[i])] = old.slots[i];
}

static struct text copy_of(struct arena *arena, struct text text)
{
    return (struct text){arena_copy(arena, text.ptr, text.len), text.len};
}

void *group_table_get(struct group_table *table, const struct group_key *key)
{
    if (table->count * 2 >= table->slot_count)
        widen(table);
    struct group_key **slot = &table->slots[find_slot(table, key)];
    if (*slot != NULL)
        return *slot;
    struct group_key *entry = arena_zero(&table->arena, 1, table->entry_bytes);
    entry->by = key->by;
    entry->name = copy_of(&table->arena, key->name);
    entry->code = copy_of(&table->arena, key->code);
    entry->decimals = key->decimals;
    table->count++;
    return *slot = entry;
}

static int compare_keys(const void *a, const void *b)
{
    const struct group_key *left = *(struct group_key *const *)a;
    const struct group_key *right = *(struct group_key *const *)b;
    if (left->by != right->by)
        return left->by < right->by ? -1 : 1;
    int order = text_compare(left->name, right->name);
    return order != 0 ? order : text_compare(left->code, right->code);
}

struct group_key **group_table_sorted(struct group_table *table)
{
    struct group_key **sorted = ARENA_ARRAY(&table->arena, struct group_key *, table->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < table->slot_count; i++)
        if (table->slots[i] != NULL)
            sorted[count++] = table->slots[i];
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, compare_keys);
    return sorted;
}
