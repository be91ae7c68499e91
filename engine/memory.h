/*
 * The one place where the engine asks the system for memory.
 *
 * Running out of memory is not a fault of the data and cannot be answered halfway through a
 * figure.  So memory_resize() never returns NULL: when the budget or the system is exhausted it
 * calls the policy's hook, which must not return (the command line removes the unfinished output
 * and exits 3).  Limits on input size keep data alone from getting there.
 */
#ifndef NOL_MEMORY_H
#define NOL_MEMORY_H

#include <stddef.h>

struct memory {
    void (*exhausted)(void *context); /* must not return; NULL means abort() */
    void *context;
};

/**
 * memory_resize(memory, block, size):
 * Return a block of ${size} > 0 bytes with the contents of ${block} (which may be NULL and is no
 * longer valid), aligned for any type.  The caller owns it.  Never NULL.
 */
void *memory_resize(const struct memory *memory, void *block, size_t size);

/**
 * memory_try(size):
 * A block as of memory_resize(), but NULL when there is no memory: for what can be done without.
 */
void *memory_try(size_t size);

/** memory_release(block): give back what memory_resize() returned; NULL does nothing. */
void memory_release(void *block);

/** memory_product(a, b): a * b; overflow counts as exhaustion. */
size_t memory_product(const struct memory *memory, size_t a, size_t b);

#endif
