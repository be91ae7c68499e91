/*
 * Bump allocator: everything made for one purpose lives in one arena and goes at once.
 * "Belongs to the arena" in a header means: valid until arena_reset() or arena_free().
 */
#ifndef NOL_ARENA_H
#define NOL_ARENA_H

#include <stddef.h>

#include "memory.h"

struct arena_chunk;

struct arena {
    const struct memory *memory;
    struct arena_chunk *chunk; /* the one in use; older ones hang behind it */
    char *next;
    char *end;
};

/** arena_init(arena, memory): an empty arena; ${memory} (may be NULL) must outlive it. */
void arena_init(struct arena *arena, const struct memory *memory);

/** arena_free(arena): give everything back; the arena is empty and usable again. */
void arena_free(struct arena *arena);

/** arena_reset(arena): forget everything, keep the largest chunk for the next round. */
void arena_reset(struct arena *arena);

/** arena_bytes(arena): how much of it is in use. */
size_t arena_bytes(const struct arena *arena);

/** arena_more(arena, size): the slow path of arena_alloc(); not for callers. */
void *arena_more(struct arena *arena, size_t size);

/** arena_alloc(arena, size): ${size} bytes, aligned for any type, not cleared; never NULL. */
static inline void *arena_alloc(struct arena *arena, size_t size)
{
    size_t rounded = (size + 15 + (size == 0)) & ~(size_t)15; /* never an empty block */
    if (rounded >= size && rounded <= (size_t)(arena->end - arena->next)) {
        void *block = arena->next;
        arena->next += rounded;
        return block;
    }
    return arena_more(arena, size);
}

/** arena_zero(arena, count, size): ${count} cleared elements of ${size} bytes. */
void *arena_zero(struct arena *arena, size_t count, size_t size);

/** arena_copy(arena, bytes, len): a NUL-terminated copy of ${len} bytes. */
char *arena_copy(struct arena *arena, const char *bytes, size_t len);

/**
 * arena_grow(arena, list, count, room, size):
 * ${list} of ${count} elements of ${size} bytes with room for one more: itself, or a copy of twice
 * the room when ${room} is used up.  ${list} is NULL while ${room} is 0.
 */
void *arena_grow(struct arena *arena, void *list, size_t count, size_t *room, size_t size);

/** ARENA_ARRAY(arena, type, count): ${count} cleared elements of ${type}. */
#define ARENA_ARRAY(arena, type, count) ((type *)arena_zero((arena), (count), sizeof(type)))

#endif
