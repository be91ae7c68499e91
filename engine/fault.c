#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static const struct {
    const char *slug;
    const char *meaning;
} codes[FAULT_CODES] = {
    [FAULT_NONE] = {"none", "no fault"},
#define FAULT(id, slug, meaning) [FAULT_##id] = {slug, meaning},
#include "fault.def"
#undef FAULT
};

const char *fault_slug(enum fault_code code)
{
    return codes[code].slug;
}

const char *fault_meaning(enum fault_code code)
{
    return codes[code].meaning;
}

enum fault_class fault_class_of(enum fault_code code)
{
    if (code == FAULT_USAGE)
        return FAULT_CLASS_USAGE;
    if (code == FAULT_IO || code == FAULT_MEMORY || code == FAULT_LAW)
        return FAULT_CLASS_ENVIRONMENT;
    return FAULT_CLASS_DATA;
}

void faults_init(struct faults *faults)
{
    *faults = (struct faults){0};
}

void faults_free(struct faults *faults)
{
    memory_release(faults->listed);
    faults_init(faults);
}

static int order(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

int fault_compare(const struct fault *a, const struct fault *b)
{
    unsigned file_a = a->at.file == NULL ? 0 : a->at.file->order + 1;
    unsigned file_b = b->at.file == NULL ? 0 : b->at.file->order + 1;
    if (file_a != file_b)
        return order(file_a, file_b);
    if (a->at.line != b->at.line)
        return order(a->at.line, b->at.line);
    if (a->at.col != b->at.col)
        return order(a->at.col, b->at.col);
    if (a->code != b->code)
        return order(a->code, b->code);
    return strcmp(a->text, b->text);
}

static int compare_faults(const void *a, const void *b)
{
    return fault_compare(a, b);
}

static void swap(struct fault *a, struct fault *b)
{
    struct fault held = *a;
    *a = *b;
    *b = held;
}

static void sift_up(struct fault *heap, unsigned i)
{
    while (i > 0 && fault_compare(&heap[(i - 1) / 2], &heap[i]) < 0) {
        swap(&heap[(i - 1) / 2], &heap[i]);
        i = (i - 1) / 2;
    }
}

static void sift_down(struct fault *heap, unsigned count)
{
    for (unsigned i = 0;;) {
        unsigned largest = i;
        for (unsigned child = 2 * i + 1; child <= 2 * i + 2 && child < count; child++)
            if (fault_compare(&heap[largest], &heap[child]) < 0)
                largest = child;
        if (largest == i)
            return;
        swap(&heap[i], &heap[largest]);
        i = largest;
    }
}

/* Keep ${fault} if it is among the first in file order. */
static void list(struct faults *faults, const struct fault *fault)
{
    if (faults->listed == NULL)
        faults->listed = memory_try(FAULTS_LISTED_MAX * sizeof *faults->listed);
    if (faults->listed == NULL) { /* counted all the same, and so is why it is not listed */
        faults->total++;
        faults->by_code[FAULT_MEMORY]++;
        return;
    }
    if (faults->count < FAULTS_LISTED_MAX) {
        faults->listed[faults->count] = *fault;
        sift_up(faults->listed, faults->count++);
    } else if (fault_compare(fault, &faults->listed[0]) < 0) {
        faults->listed[0] = *fault;
        sift_down(faults->listed, faults->count);
    }
}

static void add(struct faults *faults, const struct fault *fault)
{
    faults->total++;
    faults->by_code[fault->code]++;
    list(faults, fault);
}

void fault_add(struct faults *faults, enum fault_code code, struct place at, const char *format,
               ...)
{
    struct fault fault = {.code = code, .at = at};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(fault.text, sizeof fault.text, format, arguments);
    va_end(arguments);
    add(faults, &fault);
}

void fault_add_once(struct faults *faults, enum fault_code code, struct place at,
                    const char *format, ...)
{
    struct fault fault = {.code = code, .at = at};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(fault.text, sizeof fault.text, format, arguments);
    va_end(arguments);
    for (unsigned i = 0; i < faults->count; i++)
        if (fault_compare(&faults->listed[i], &fault) == 0)
            return;
    add(faults, &fault);
}

void faults_merge(struct faults *into, const struct faults *from)
{
    into->total += from->total;
    for (unsigned code = 0; code < FAULT_CODES; code++)
        into->by_code[code] += from->by_code[code];
    for (unsigned i = 0; i < from->count; i++)
        list(into, &from->listed[i]);
}

void faults_sort(struct faults *faults)
{
    if (faults->count > 0)
        qsort(faults->listed, faults->count, sizeof *faults->listed, compare_faults);
}
