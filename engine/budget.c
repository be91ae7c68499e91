#include "budget.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* Behind the program's id and a NUL: four digits of the year and ten of the day, counted so that
 * none is negative; then the account_id. */
enum { YEAR_LEN = 4, DAY_LEN = 10, FIXED_LEN = 1 + YEAR_LEN + DAY_LEN };

void budget_init(struct budget *budget, const struct memory *memory)
{
    *budget = (struct budget){.list = NULL};
    arena_init(&budget->arena, memory);
}

void budget_free(struct budget *budget)
{
    arena_free(&budget->arena);
    *budget = (struct budget){.list = NULL};
}

/* --- claims as items of a sorter --- */

static void put_number(struct buffer *buffer, struct amount number)
{
    char *out = buffer_reserve(buffer, amount_text_size(number) + 1);
    char *end = amount_write(out, number, 0);
    *end++ = ' ';
    buffer_end(buffer, end);
}

void budget_pack(struct buffer *buffer, const struct budget_claim *claim)
{
    struct buffer key, payload;
    buffer_init(&key, buffer->memory);
    buffer_init(&payload, buffer->memory);
    buffer_put(&key, claim->program);
    buffer_put(&key, (struct text){"", 1});
    buffer_printf(&key, "%0*d%0*lld", YEAR_LEN, claim->year, DAY_LEN,
                  (long long)claim->agreed.day - INT32_MIN);
    buffer_put(&key, claim->account_id);
    put_number(&payload, claim->amount);
    put_number(&payload, amount_of(claim->limited));
    put_number(&payload, claim->limit);
    put_number(&payload, amount_of(claim->freed.day));
    const struct sorter_item item = {{key.bytes, key.len}, 0, {payload.bytes, payload.len}};
    sorter_pack(buffer, &item);
    buffer_free(&key);
    buffer_free(&payload);
}

static struct amount take_number(struct arena *arena, struct text *rest)
{
    struct amount number = AMOUNT_ZERO;
    const char *blank = memchr(rest->ptr, ' ', rest->len);
    assert(blank != NULL);
    struct text digits = {rest->ptr, (size_t)(blank - rest->ptr)};
    bool read = amount_parse_total(arena, digits, &number);
    assert(read);
    (void)read;
    *rest = (struct text){blank + 1, rest->len - digits.len - 1};
    return number;
}

/* The parts of an item; texts belong to the item. */
struct taken {
    struct text year; /* program and year: the same for all that are judged together */
    struct text agreed;
    struct text account_id;
    struct amount amount, limit;
    bool limited;
    struct date day;
    struct date freed;
};

static struct taken take(struct arena *arena, const struct sorter_item *item)
{
    const char *nul = memchr(item->key.ptr, '\0', item->key.len);
    assert(nul != NULL);
    size_t program = (size_t)(nul - item->key.ptr);
    struct text rest = item->payload;
    struct amount number = AMOUNT_ZERO;
    struct taken taken = {
        .year = {item->key.ptr, program + 1 + YEAR_LEN},
        .agreed = {nul + 1 + YEAR_LEN, DAY_LEN},
        .account_id = {nul + FIXED_LEN, item->key.len - program - FIXED_LEN},
    };
    (void)amount_parse_total(arena, taken.agreed, &number);
    taken.day = (struct date){(int32_t)(number.word + INT32_MIN)};
    taken.amount = take_number(arena, &rest);
    taken.limited = !amount_is_zero(take_number(arena, &rest));
    taken.limit = take_number(arena, &rest);
    taken.freed = (struct date){(int32_t)take_number(arena, &rest).word};
    return taken;
}

/* --- judging --- */

/* An award that was cancelled later on. */
struct freeing {
    struct date day;
    struct amount amount;
};

/* One program and year at a time. */
struct judging {
    struct budget *budget;
    struct arena scratch; /* of the claim at hand */
    struct arena year;    /* of the program and year at hand */
    struct text name;
    struct amount_sum total;
    struct freeing *freeings; /* by day, from ${first} on */
    size_t first, count, room;
};

static void begin_year(struct judging *judging, struct text name)
{
    arena_reset(&judging->year);
    amount_sum_clear(&judging->total);
    judging->total = (struct amount_sum){0};
    judging->name = (struct text){arena_copy(&judging->year, name.ptr, name.len), name.len};
    judging->freeings = NULL;
    judging->first = judging->count = judging->room = 0;
}

/* What was cancelled up to ${day} is there again. */
static void free_until(struct judging *judging, struct date day)
{
    for (; judging->first < judging->count; judging->first++) {
        const struct freeing *freeing = &judging->freeings[judging->first];
        if (date_before(day, freeing->day))
            return;
        amount_sum_add(&judging->total, amount_negate(&judging->scratch, freeing->amount));
    }
}

static void add_freeing(struct judging *judging, const struct taken *taken)
{
    judging->freeings = arena_grow(&judging->year, judging->freeings, judging->count,
                                   &judging->room, sizeof *judging->freeings);
    size_t i = judging->count++;
    for (; i > judging->first && date_before(taken->freed, judging->freeings[i - 1].day); i--)
        judging->freeings[i] = judging->freeings[i - 1];
    judging->freeings[i] =
        (struct freeing){taken->freed, amount_copy(&judging->year, taken->amount)};
}

static void refuse(struct budget *budget, const struct taken *taken, struct amount total)
{
    budget->list = arena_grow(&budget->arena, budget->list, budget->count, &budget->room,
                              sizeof *budget->list);
    budget->list[budget->count++] = (struct budget_refusal){
        {arena_copy(&budget->arena, taken->account_id.ptr, taken->account_id.len),
         taken->account_id.len},
        amount_copy(&budget->arena, total),
        amount_copy(&budget->arena, taken->limit)};
}

static void judge(struct judging *judging, const struct sorter_item *item)
{
    arena_reset(&judging->scratch);
    const struct taken taken = take(&judging->scratch, item);
    if (!text_equal(taken.year, judging->name))
        begin_year(judging, taken.year);
    free_until(judging, taken.day);
    struct amount total = amount_sum_value(&judging->scratch, &judging->total);
    struct amount with = amount_add(&judging->scratch, total, taken.amount);
    if (taken.limited && amount_compare(with, taken.limit) > 0) {
        refuse(judging->budget, &taken, total);
        return;
    }
    amount_sum_add(&judging->total, taken.amount);
    if (date_is_set(taken.freed))
        add_freeing(judging, &taken);
}

static int compare_refusals(const void *a, const void *b)
{
    return text_compare(((const struct budget_refusal *)a)->account_id,
                        ((const struct budget_refusal *)b)->account_id);
}

bool budget_judge(struct budget *budget, struct sorter *sorter)
{
    struct judging judging = {.budget = budget};
    struct sorter_item item;
    enum sorter_result result = SORTER_FAILED;
    arena_init(&judging.scratch, budget->arena.memory);
    arena_init(&judging.year, budget->arena.memory);
    if (sorter_sort(sorter))
        while ((result = sorter_next(sorter, &item)) == SORTER_ITEM)
            judge(&judging, &item);
    amount_sum_clear(&judging.total);
    arena_free(&judging.year);
    arena_free(&judging.scratch);
    if (budget->count > 1)
        qsort(budget->list, budget->count, sizeof *budget->list, compare_refusals);
    return result == SORTER_END;
}

const struct budget_refusal *budget_refused(const struct budget *budget, struct text account_id)
{
    size_t low = 0, high = budget->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = text_compare(budget->list[middle].account_id, account_id);
        if (order == 0)
            return &budget->list[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const char *amount_text(struct load *load, const struct budget_bid *bid,
                               struct amount amount)
{
    char *text = arena_alloc(load->arena, amount_text_size(amount) + 1);
    *amount_write(text, amount, bid->decimals) = '\0';
    return text;
}

bool budget_fits(const struct budget *budget, struct load *load, struct load_row *row,
                 const struct budget_bid *bid)
{
    const struct budget_refusal *refusal = budget_refused(budget, bid->account_id);
    if (refusal == NULL)
        return true;
    load_fault(load, row, bid->column, FAULT_BUDGET_EXCEEDED,
               "%s %s is more than what earlier %s leave of the budget for %d: %s of %s are taken",
               bid->one, amount_text(load, bid, bid->amount), bid->many, bid->year,
               amount_text(load, bid, refusal->taken), amount_text(load, bid, refusal->limit));
    return false;
}
