#include "memory.h"

#include <stdint.h>
#include <stdlib.h>

static void exhausted(const struct memory *memory)
{
    if (memory != NULL && memory->exhausted != NULL)
        memory->exhausted(memory->context);
    abort();
}

void *memory_resize(const struct memory *memory, void *block, size_t size)
{
    void *bigger = realloc(block, size);
    if (bigger == NULL)
        exhausted(memory);
    return bigger;
}

void *memory_try(size_t size)
{
    return realloc(NULL, size);
}

void memory_release(void *block)
{
    free(block);
}

size_t memory_product(const struct memory *memory, size_t a, size_t b)
{
    if (b != 0 && a > SIZE_MAX / b)
        exhausted(memory);
    return a * b;
}
