#include "borrowers.h"

struct borrower {
    const struct program *program;
    struct text id;
    int32_t worst[BORROWERS_MOMENTS];
};

void borrowers_init(struct borrowers *borrowers, const struct memory *memory)
{
    *borrowers = (struct borrowers){0};
    arena_init(&borrowers->arena, memory);
}

void borrowers_free(struct borrowers *borrowers)
{
    memory_release(borrowers->slots);
    arena_free(&borrowers->arena);
    borrowers->slots = NULL;
    borrowers->slot_count = borrowers->count = 0;
}

/* FNV-1a over both parts of the key. */
static uint64_t hash_key(const struct program *program, struct text id)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < program->id.len; i++)
        hash = (hash ^ (unsigned char)program->id.ptr[i]) * UINT64_C(1099511628211);
    hash = (hash ^ 0xFF) * UINT64_C(1099511628211); /* no byte of UTF-8 */
    for (size_t i = 0; i < id.len; i++)
        hash = (hash ^ (unsigned char)id.ptr[i]) * UINT64_C(1099511628211);
    return hash ^ (hash >> 29);
}

/* Where the borrower is, or would be. */
static size_t find_slot(const struct borrowers *borrowers, const struct program *program,
                        struct text id)
{
    size_t slot = hash_key(program, id) & (borrowers->slot_count - 1);
    for (;; slot = (slot + 1) & (borrowers->slot_count - 1)) {
        const struct borrower *borrower = borrowers->slots[slot];
        if (borrower == NULL || (borrower->program == program && text_equal(borrower->id, id)))
            return slot;
    }
}

static void widen(struct borrowers *borrowers)
{
    const struct memory *memory = borrowers->arena.memory;
    struct borrowers old = *borrowers;
    borrowers->slot_count = old.slot_count == 0 ? 64 : 2 * old.slot_count;
    size_t bytes = memory_product(memory, borrowers->slot_count, sizeof(struct borrower *));
    borrowers->slots = memory_resize(memory, NULL, bytes);
    memset(borrowers->slots, 0, bytes);
    for (size_t i = 0; i < old.slot_count; i++) {
        struct borrower *borrower = old.slots[i];
        if (borrower != NULL)
            borrowers->slots[find_slot(borrowers, borrower->program, borrower->id)] = borrower;
    }
    memory_release(old.slots);
}

void borrowers_note(struct borrowers *borrowers, const struct program *program, struct text id,
                    enum borrowers_moment moment, int32_t class)
{
    struct arena *arena = &borrowers->arena;
    if (class == 0)
        return; /* as if nothing were known */
    if (borrowers->count * 2 >= borrowers->slot_count)
        widen(borrowers);
    struct borrower **slot = &borrowers->slots[find_slot(borrowers, program, id)];
    if (*slot == NULL) {
        *slot = ARENA_ARRAY(arena, struct borrower, 1);
        (*slot)->program = program;
        (*slot)->id = (struct text){arena_copy(arena, id.ptr, id.len), id.len};
        borrowers->count++;
    }
    if ((*slot)->worst[moment] < class)
        (*slot)->worst[moment] = class;
}

int32_t borrowers_worst(const struct borrowers *borrowers, const struct program *program,
                        struct text id, enum borrowers_moment moment)
{
    if (borrowers->slot_count == 0)
        return 0;
    const struct borrower *borrower = borrowers->slots[find_slot(borrowers, program, id)];
    return borrower == NULL ? 0 : borrower->worst[moment];
}

void borrowers_merge(struct borrowers *into, const struct borrowers *from)
{
    for (size_t i = 0; i < from->slot_count; i++) {
        const struct borrower *borrower = from->slots[i];
        for (unsigned moment = 0; borrower != NULL && moment < BORROWERS_MOMENTS; moment++)
            borrowers_note(into, borrower->program, borrower->id, (enum borrowers_moment)moment,
                           borrower->worst[moment]);
    }
}
