/*
 * External sort: items come in in any order and go out by key, bytewise (text_compare), then by
 * rank, then as they came.
 *
 * What fits into the memory granted is sorted there; the disk is never touched.  When it is full,
 * what is held is sorted and written as a run to a temporary file without a name, so that nothing
 * is left of it however the process ends.  Runs are merged as items are handed out; when there are
 * more than the memory has blocks for, some are merged into longer ones first.
 *
 * A fault of the disk is added to the faults given, as [io] with the folder; the sorter is then
 * good for sorter_free() alone.
 */
#ifndef NOL_SORTER_H
#define NOL_SORTER_H

#include "buffer.h"
#include "fault.h"

enum {
    SORTER_BYTES_MIN = 256 * 1024,      /* less is granted as this */
    SORTER_TEXT_MAX = 16 * 1024 * 1024, /* bytes of a key, and of a payload */
};

struct sorter_item {
    struct text key;
    uint64_t rank;
    struct text payload;
};

enum sorter_result { SORTER_ITEM, SORTER_END, SORTER_FAILED };

struct sorter;

/**
 * sorter_new(memory, bytes, folder, faults):
 * An empty sorter that holds at most ${bytes}, or three times the largest item where that is more.
 * ${folder} is where temporary files go; it and the others must outlive the sorter.
 */
struct sorter *sorter_new(const struct memory *memory, size_t bytes, const char *folder,
                          struct faults *faults);

/** sorter_free(sorter): with its temporary file; NULL does nothing. */
void sorter_free(struct sorter *sorter);

/** sorter_add(sorter, item): copy one item; false after a fault.  Not after sorter_sort(). */
bool sorter_add(struct sorter *sorter, const struct sorter_item *item);

/** sorter_sort(sorter): all have been added; false after a fault. */
bool sorter_sort(struct sorter *sorter);

/** sorter_next(sorter, item): the next in order, valid until the next call.  After sorter_sort().
 */
enum sorter_result sorter_next(struct sorter *sorter, struct sorter_item *item);

/** sorter_pack(buffer, item): put an item behind others that wait for sorter_add_packed(). */
void sorter_pack(struct buffer *buffer, const struct sorter_item *item);

/** sorter_add_packed(sorter, packed): sorter_add() of all that sorter_pack() put there. */
bool sorter_add_packed(struct sorter *sorter, struct text packed);

#endif
