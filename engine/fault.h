/*
 * Faults of the user's data: what is wrong, where, under a stable slug.
 *
 * Faults are collected, not thrown: a reader goes on and reports all of them.  Functions that can
 * fail in one way return an enum fault_code (FAULT_NONE = 0) and leave their outputs untouched.
 */
#ifndef NOL_FAULT_H
#define NOL_FAULT_H

#include <stdbool.h>
#include <stdint.h>

enum fault_code {
    FAULT_NONE,
#define FAULT(id, slug, meaning) FAULT_##id,
#include "fault.def"
#undef FAULT
    FAULT_CODES
};

/* Which exit status a fault leads to (design 7). */
enum fault_class { FAULT_CLASS_DATA = 1, FAULT_CLASS_USAGE = 2, FAULT_CLASS_ENVIRONMENT = 3 };

/* A file as messages name it. */
struct fault_file {
    const char *path; /* as the user gave it */
    unsigned order;   /* messages come in this order of files */
};

struct place {
    const struct fault_file *file; /* NULL: no file, such as the command line */
    uint32_t line;                 /* from 1; 0: the file as a whole */
    uint32_t col;                  /* from 1, in characters; 0: the line as a whole */
};

enum {
    FAULT_TEXT_MAX = 384,    /* bytes of a message, NUL included */
    FAULTS_LISTED_MAX = 1000 /* the rest are counted by slug */
};

struct fault {
    enum fault_code code;
    struct place at;
    char text[FAULT_TEXT_MAX];
};

/* The first FAULTS_LISTED_MAX faults in file order, whatever the order they are met in. */
struct faults {
    struct fault *listed; /* a heap, the last in file order on top, until faults_sort() */
    unsigned count;
    uint64_t total;
    uint64_t by_code[FAULT_CODES];
};

const char *fault_slug(enum fault_code code);
const char *fault_meaning(enum fault_code code);
enum fault_class fault_class_of(enum fault_code code);

void faults_init(struct faults *faults);
void faults_free(struct faults *faults);

/** fault_add(faults, code, at, format, ...): note one more; the text is lower case, without a full
 * stop. */
void fault_add(struct faults *faults, enum fault_code code, struct place at, const char *format,
               ...) __attribute__((format(printf, 4, 5)));

/** fault_add_once(faults, code, at, format, ...): the same, unless this very fault, text included,
 * has been noted. */
void fault_add_once(struct faults *faults, enum fault_code code, struct place at,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/** faults_merge(into, from): add all of ${from}, which is unchanged. */
void faults_merge(struct faults *into, const struct faults *from);

/** faults_sort(faults): put listed[] into file order; no fault may be added afterwards. */
void faults_sort(struct faults *faults);

/** fault_compare(a, b): file order: file, line, column, code. */
int fault_compare(const struct fault *a, const struct fault *b);

#endif
