#include "budget.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* Behind the program's id and a NUL: four digits of the year and ten of the day, counted so that
 * none is negative; then the account_id. */
enum { YEAR_LEN = 4, DAY_LEN = 10, FIXED_LEN = 1 + YEAR_LEN + DAY_LEN };

void budget_init(struct budget *budget, const struct memory *memory, unsigned sides)
{
    assert(sides >= 1 && sides <= BUDGET_SIDES_MAX);
    *budget = (struct budget){.sides = sides};
    arena_init(&budget->arena, memory);
}

void budget_free(struct budget *budget)
{
    arena_free(&budget->arena);
    budget->list = NULL;
    budget->count = budget->room = 0;
}

/* --- sets of sides --- */

enum { WORD_BITS = 64 };

static uint64_t *no_sides(struct arena *arena, unsigned sides)
{
    return ARENA_ARRAY(arena, uint64_t, (sides + WORD_BITS - 1) / WORD_BITS);
}

static void add_side(uint64_t *set, unsigned side)
{
    set[side / WORD_BITS] |= UINT64_C(1) << side % WORD_BITS;
}

static bool has_side(const uint64_t *set, unsigned side)
{
    return (set[side / WORD_BITS] >> side % WORD_BITS & 1) != 0;
}

/* --- claims as items of a sorter --- */

static void put_number(struct buffer *buffer, struct amount number)
{
    char *out = buffer_reserve(buffer, amount_text_size(number) + 1);
    char *end = amount_write(out, number, 0);
    *end++ = ' ';
    buffer_end(buffer, end);
}

static bool is_same(const struct budget_claim *a, const struct budget_claim *b)
{
    return a->made == b->made &&
           (!a->made || (a->limited == b->limited && amount_compare(a->limit, b->limit) == 0));
}

/* Sides in a row that claim the same: how many, whether anything, and the limit, if any. */
static void put_sides(struct buffer *payload, const struct budget_claim *claims, unsigned sides)
{
    for (unsigned i = 0, end; i < sides; i = end) {
        const struct budget_claim *claim = &claims[i];
        for (end = i + 1; end < sides && is_same(claim, &claims[end]);)
            end++;
        put_number(payload, amount_of(end - i));
        put_number(payload, amount_of(claim->made));
        put_number(payload, amount_of(claim->made && claim->limited));
        put_number(payload, claim->made && claim->limited ? claim->limit : AMOUNT_ZERO);
    }
}

void budget_pack(struct buffer *buffer, const struct budget_claim *claims, unsigned sides)
{
    struct buffer key, payload;
    unsigned first = 0;
    while (first < sides && !claims[first].made)
        first++;
    if (first == sides)
        return;
    const struct budget_claim *claim = &claims[first];
    buffer_init(&key, buffer->memory);
    buffer_init(&payload, buffer->memory);
    buffer_put(&key, claim->program);
    buffer_put(&key, (struct text){"", 1});
    buffer_printf(&key, "%0*d%0*lld", YEAR_LEN, claim->year, DAY_LEN,
                  (long long)claim->agreed.day - INT32_MIN);
    buffer_put(&key, claim->account_id);
    put_number(&payload, claim->amount);
    put_number(&payload, amount_of(claim->freed.day));
    put_sides(&payload, claims, sides);
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
    struct text account_id;
    struct amount amount;
    struct date day;
    struct date freed;
    struct text sides; /* what is to be read of them */
};

/* Sides in a row. */
struct same {
    unsigned count;
    bool made, limited;
    struct amount limit;
};

static struct taken take(struct arena *arena, const struct sorter_item *item)
{
    const char *nul = memchr(item->key.ptr, '\0', item->key.len);
    assert(nul != NULL);
    size_t program = (size_t)(nul - item->key.ptr);
    const struct text agreed = {nul + 1 + YEAR_LEN, DAY_LEN};
    struct amount number = AMOUNT_ZERO;
    struct taken taken = {
        .year = {item->key.ptr, program + 1 + YEAR_LEN},
        .account_id = {nul + FIXED_LEN, item->key.len - program - FIXED_LEN},
        .sides = item->payload,
    };
    (void)amount_parse_total(arena, agreed, &number);
    taken.day = (struct date){(int32_t)(number.word + INT32_MIN)};
    taken.amount = take_number(arena, &taken.sides);
    taken.freed = (struct date){(int32_t)take_number(arena, &taken.sides).word};
    return taken;
}

static struct same take_same(struct arena *arena, struct text *rest)
{
    struct same same;
    same.count = (unsigned)take_number(arena, rest).word;
    same.made = !amount_is_zero(take_number(arena, rest));
    same.limited = !amount_is_zero(take_number(arena, rest));
    same.limit = take_number(arena, rest);
    return same;
}

/* --- judging --- */

/* An award that was cancelled later on. */
struct freeing {
    struct date day;
    struct amount amount;
    const uint64_t *sides; /* on which it had taken it */
};

/* One program and year at a time. */
struct judging {
    struct budget *budget;
    struct arena scratch; /* of the claim at hand */
    struct arena year;    /* of the program and year at hand */
    struct text name;
    struct amount_sum *totals; /* by side */
    struct freeing *freeings;  /* by day, from ${first} on */
    size_t first, count, room;
};

static void clear_totals(struct judging *judging)
{
    for (unsigned side = 0; side < judging->budget->sides; side++) {
        amount_sum_clear(&judging->totals[side]);
        judging->totals[side] = (struct amount_sum){0};
    }
}

static void begin_year(struct judging *judging, struct text name)
{
    arena_reset(&judging->year);
    clear_totals(judging);
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
        struct amount less = amount_negate(&judging->scratch, freeing->amount);
        for (unsigned side = 0; side < judging->budget->sides; side++)
            if (has_side(freeing->sides, side))
                amount_sum_add(&judging->totals[side], less);
    }
}

static void add_freeing(struct judging *judging, const struct taken *taken, const uint64_t *sides)
{
    judging->freeings = arena_grow(&judging->year, judging->freeings, judging->count,
                                   &judging->room, sizeof *judging->freeings);
    size_t i = judging->count++;
    for (; i > judging->first && date_before(taken->freed, judging->freeings[i - 1].day); i--)
        judging->freeings[i] = judging->freeings[i - 1];
    judging->freeings[i] =
        (struct freeing){taken->freed, amount_copy(&judging->year, taken->amount), sides};
}

static struct budget_refusal *refuse(struct budget *budget, const struct taken *taken,
                                     struct amount total, struct amount limit)
{
    struct arena *arena = &budget->arena;
    budget->list =
        arena_grow(arena, budget->list, budget->count, &budget->room, sizeof *budget->list);
    struct budget_refusal *refusal = &budget->list[budget->count++];
    *refusal = (struct budget_refusal){
        {arena_copy(arena, taken->account_id.ptr, taken->account_id.len), taken->account_id.len},
        amount_copy(arena, total),
        amount_copy(arena, limit),
        no_sides(arena, budget->sides)};
    return refusal;
}

/* The account at hand, side after side. */
struct judged {
    const struct taken *taken;
    struct budget_refusal *refusal; /* NULL: no side has refused it */
    uint64_t *takers;               /* of the year's arena; NULL: it is never freed */
};

static void judge_side(struct judging *judging, struct judged *judged, unsigned side,
                       const struct same *same)
{
    struct arena *scratch = &judging->scratch;
    struct amount total = amount_sum_value(scratch, &judging->totals[side]);
    struct amount with = amount_add(scratch, total, judged->taken->amount);
    if (!same->limited || amount_compare(with, same->limit) <= 0) {
        amount_sum_add(&judging->totals[side], judged->taken->amount);
        if (judged->takers != NULL)
            add_side(judged->takers, side);
        return;
    }
    if (judged->refusal == NULL)
        judged->refusal = refuse(judging->budget, judged->taken, total, same->limit);
    add_side(judged->refusal->sides, side);
}

static void judge(struct judging *judging, const struct sorter_item *item)
{
    arena_reset(&judging->scratch);
    struct taken taken = take(&judging->scratch, item);
    struct judged judged = {.taken = &taken};
    if (!text_equal(taken.year, judging->name))
        begin_year(judging, taken.year);
    free_until(judging, taken.day);
    if (date_is_set(taken.freed))
        judged.takers = no_sides(&judging->year, judging->budget->sides);
    for (unsigned side = 0; side < judging->budget->sides;) {
        const struct same same = take_same(&judging->scratch, &taken.sides);
        unsigned end = side + same.count;
        for (; side < end; side++)
            if (same.made)
                judge_side(judging, &judged, side, &same);
    }
    if (judged.takers != NULL)
        add_freeing(judging, &taken, judged.takers);
}

static int compare_refusals(const void *a, const void *b)
{
    return text_compare(((const struct budget_refusal *)a)->account_id,
                        ((const struct budget_refusal *)b)->account_id);
}

bool budget_judge(struct budget *budget, struct sorter *sorter)
{
    struct judging judging = {.budget = budget};
    struct arena totals;
    struct sorter_item item;
    enum sorter_result result = SORTER_FAILED;
    arena_init(&judging.scratch, budget->arena.memory);
    arena_init(&judging.year, budget->arena.memory);
    arena_init(&totals, budget->arena.memory);
    judging.totals = ARENA_ARRAY(&totals, struct amount_sum, budget->sides);
    if (sorter_sort(sorter))
        while ((result = sorter_next(sorter, &item)) == SORTER_ITEM)
            judge(&judging, &item);
    clear_totals(&judging);
    arena_free(&totals);
    arena_free(&judging.year);
    arena_free(&judging.scratch);
    if (budget->count > 1)
        qsort(budget->list, budget->count, sizeof *budget->list, compare_refusals);
    return result == SORTER_END;
}

const struct budget_refusal *budget_refused(const struct budget *budget, unsigned side,
                                            struct text account_id)
{
    size_t low = 0, high = budget->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct budget_refusal *refusal = &budget->list[middle];
        int order = text_compare(refusal->account_id, account_id);
        if (order == 0)
            return has_side(refusal->sides, side) ? refusal : NULL;
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

bool budget_fits(const struct budget *budget, unsigned side, struct load *load,
                 struct load_row *row, const struct budget_bid *bid)
{
    const struct budget_refusal *refusal = budget_refused(budget, side, bid->account_id);
    if (refusal == NULL)
        return true;
    load_fault(load, row, bid->column, FAULT_BUDGET_EXCEEDED,
               "%s %s is more than what earlier %s leave of the budget for %d: %s of %s are taken",
               bid->one, amount_text(load, bid, bid->amount), bid->many, bid->year,
               amount_text(load, bid, refusal->taken), amount_text(load, bid, refusal->limit));
    return false;
}
