#include "arena.h"

#include <stdint.h>
#include <string.h>

enum { CHUNK_MIN = 64 * 1024 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t size; /* usable bytes behind this header */
};

/* The header padded so that what follows it is aligned for any type. */
#define HEADER ((sizeof(struct arena_chunk) + 15) & ~(size_t)15)

static char *chunk_start(struct arena_chunk *chunk)
{
    return (char *)chunk + HEADER;
}

void arena_init(struct arena *arena, const struct memory *memory)
{
    *arena = (struct arena){.memory = memory};
}

void *arena_more(struct arena *arena, size_t size)
{
    size_t rounded = (size + 15 + (size == 0)) & ~(size_t)15;
    size_t usable = arena->chunk == NULL ? CHUNK_MIN : 2 * arena->chunk->size;
    if (usable < rounded)
        usable = rounded;
    if (rounded < size || usable > SIZE_MAX - HEADER)
        (void)memory_product(arena->memory, SIZE_MAX, 2);
    struct arena_chunk *chunk = memory_resize(arena->memory, NULL, HEADER + usable);
    *chunk = (struct arena_chunk){.older = arena->chunk, .size = usable};
    arena->chunk = chunk;
    arena->next = chunk_start(chunk) + rounded;
    arena->end = chunk_start(chunk) + usable;
    return chunk_start(chunk);
}

static void free_chain(struct arena_chunk *chunk)
{
    while (chunk != NULL) {
        struct arena_chunk *older = chunk->older;
        memory_release(chunk);
        chunk = older;
    }
}

void arena_free(struct arena *arena)
{
    free_chain(arena->chunk);
    arena_init(arena, arena->memory);
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *chunk = arena->chunk;
    if (chunk == NULL)
        return;
    free_chain(chunk->older); /* chunks double, so the newest is the largest */
    chunk->older = NULL;
    arena->next = chunk_start(chunk);
}

size_t arena_bytes(const struct arena *arena)
{
    size_t bytes = 0;
    if (arena->chunk == NULL)
        return 0;
    for (const struct arena_chunk *chunk = arena->chunk->older; chunk != NULL; chunk = chunk->older)
        bytes += chunk->size;
    return bytes + (size_t)(arena->next - chunk_start(arena->chunk));
}

void *arena_zero(struct arena *arena, size_t count, size_t size)
{
    size_t bytes = memory_product(arena->memory, count, size);
    return memset(arena_alloc(arena, bytes), 0, bytes);
}

void *arena_grow(struct arena *arena, void *list, size_t count, size_t *room, size_t size)
{
    enum { ROOM_AT_FIRST = 16 };
    if (count < *room)
        return list;
    *room = *room == 0 ? ROOM_AT_FIRST : 2 * *room;
    void *wider = arena_alloc(arena, memory_product(arena->memory, *room, size));
    if (count > 0)
        memcpy(wider, list, count * size);
    return wider;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    if (len > 0)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}
