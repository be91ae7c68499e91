#include "tally.h"

void tallies_init(struct tallies *tallies, const struct memory *memory, unsigned inputs)
{
    *tallies = (struct tallies){.input_count = inputs};
    arena_init(&tallies->arena, memory);
    tallies->inputs = ARENA_ARRAY(&tallies->arena, struct tally_input, inputs);
}

void tallies_free(struct tallies *tallies)
{
    for (unsigned i = 0; i < tallies->input_count; i++)
        for (unsigned type = 0; type <= EVENT_TYPES; type++)
            decimal_sum_clear(&tallies->inputs[i].by_type[type].sum);
    for (unsigned role = 0; role < BOOK_ROLES; role++) {
        decimal_sum_clear(&tallies->roles[role].read.sum);
        decimal_sum_clear(&tallies->roles[role].accepted.sum);
        decimal_sum_clear(&tallies->roles[role].rejected.sum);
    }
    arena_free(&tallies->arena);
}

static void add(struct tally *tally, const struct load_row *row)
{
    tally->count++;
    if (row->has_amount)
        decimal_sum_add(&tally->sum, row->amount);
}

void tallies_add(struct tallies *tallies, unsigned input, enum book_role role, enum event_type type,
                 const struct load_row *row, bool rejected)
{
    struct tally_role *totals = &tallies->roles[role];
    add(&tallies->inputs[input].by_type[type], row);
    add(&totals->read, row);
    add(rejected ? &totals->rejected : &totals->accepted, row);
}

void tally_restore(struct tally *tally, uint64_t count, struct decimal sum)
{
    tally->count += count;
    decimal_sum_add(&tally->sum, sum);
}

static void merge(struct tally *into, const struct tally *from)
{
    into->count += from->count;
    decimal_sum_merge(&into->sum, &from->sum);
}

void tallies_merge(struct tallies *into, const struct tallies *from)
{
    for (unsigned i = 0; i < into->input_count; i++)
        for (unsigned type = 0; type <= EVENT_TYPES; type++)
            merge(&into->inputs[i].by_type[type], &from->inputs[i].by_type[type]);
    for (unsigned role = 0; role < BOOK_ROLES; role++) {
        merge(&into->roles[role].read, &from->roles[role].read);
        merge(&into->roles[role].accepted, &from->roles[role].accepted);
        merge(&into->roles[role].rejected, &from->roles[role].rejected);
    }
}

const char *tallies_law(struct tallies *tallies)
{
    for (unsigned role = 0; role < BOOK_ROLES; role++) {
        const struct tally_role *totals = &tallies->roles[role];
        struct decimal_sum sum = {0};
        decimal_sum_merge(&sum, &totals->accepted.sum);
        decimal_sum_merge(&sum, &totals->rejected.sum);
        bool ties = totals->accepted.count + totals->rejected.count == totals->read.count &&
                    strcmp(decimal_sum_text(&tallies->arena, &sum),
                           decimal_sum_text(&tallies->arena, &totals->read.sum)) == 0;
        decimal_sum_clear(&sum);
        if (!ties)
            return "control totals: accepted and rejected are not what was read";
    }
    return NULL;
}
