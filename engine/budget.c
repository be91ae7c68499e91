#include "budget.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* In a packed claim: behind the program of its key, behind an amount of its payload. */
enum { KEY_END = '\0', CELL_END = ' ' };

void budgets_init(struct budgets *budgets, const struct memory *memory)
{
    *budgets = (struct budgets){0};
    arena_init(&budgets->arena, memory);
}

void budgets_free(struct budgets *budgets)
{
    arena_free(&budgets->arena);
}

static int year_of(struct date date)
{
    int year, month, day;
    date_split(date, &year, &month, &day);
    return year;
}

struct budget_limit budget_limit_of(const struct rule_scope *rules, enum rule_key budget,
                                    enum rule_key any, struct date agreed)
{
    const struct rule_value *years = &rules->value[budget];
    struct budget_limit limit = {.limited = years->set};
    char year[16];
    (void)snprintf(year, sizeof year, "%04d", year_of(agreed));
    for (unsigned i = 0; i < years->count; i++)
        if (text_is(years->items[i]->name, year)) {
            limit.named = true;
            limit.amount = rule_amount(years->items[i], any);
        }
    return limit;
}

/* --- packed: the key sorts, the payload says the rest --- */

static char *put_amount(char *out, struct amount amount)
{
    out = amount_write(out, amount, 0);
    *out++ = CELL_END;
    return out;
}

void budget_pack(struct buffer *claims, struct arena *arena, const struct budget_claim *claim)
{
    char day[DATE_TEXT_LEN + 1];
    size_t len = claim->program.len + 1 + DATE_TEXT_LEN + claim->account_id.len;
    char *key = arena_alloc(arena, len), *end = key;
    memcpy(end, claim->program.ptr, claim->program.len);
    end += claim->program.len;
    *end++ = KEY_END; /* no byte of an id */
    memcpy(end, date_text(day, claim->agreed), DATE_TEXT_LEN);
    memcpy(end + DATE_TEXT_LEN, claim->account_id.ptr, claim->account_id.len);

    size_t room = amount_text_size(claim->amount) + amount_text_size(claim->limit.amount) + 2 +
                  DATE_TEXT_LEN + 2;
    char *payload = arena_alloc(arena, room);
    end = put_amount(payload, claim->amount);
    end = put_amount(end, claim->limit.amount);
    *end++ = claim->limit.named ? 'n' : claim->limit.limited ? 'l' : '-';
    if (date_is_set(claim->cancelled)) {
        memcpy(end, date_text(day, claim->cancelled), DATE_TEXT_LEN);
        end += DATE_TEXT_LEN;
    }
    const struct sorter_item item = {.key = {key, len},
                                     .payload = {payload, (size_t)(end - payload)}};
    sorter_pack(claims, &item);
}

static struct text take_until(struct text *rest, char end)
{
    const char *at = memchr(rest->ptr, end, rest->len);
    assert(at != NULL);
    struct text cell = {rest->ptr, (size_t)(at - rest->ptr)};
    *rest = (struct text){at + 1, rest->len - cell.len - 1};
    return cell;
}

static struct amount take_amount(struct arena *arena, struct text *rest)
{
    struct amount amount = AMOUNT_ZERO;
    bool well = amount_parse_total(arena, take_until(rest, CELL_END), &amount);
    assert(well);
    (void)well;
    return amount;
}

static struct date take_date(struct text text)
{
    struct date date = DATE_NONE;
    (void)date_parse(text, &date);
    return date;
}

static void unpack(struct arena *arena, const struct sorter_item *item, struct budget_claim *claim)
{
    struct text rest = item->key;
    claim->program = take_until(&rest, KEY_END);
    claim->agreed = take_date((struct text){rest.ptr, DATE_TEXT_LEN});
    claim->account_id = (struct text){rest.ptr + DATE_TEXT_LEN, rest.len - DATE_TEXT_LEN};
    rest = item->payload;
    claim->amount = take_amount(arena, &rest);
    claim->limit.amount = take_amount(arena, &rest);
    claim->limit.named = rest.ptr[0] == 'n';
    claim->limit.limited = rest.ptr[0] != '-';
    claim->cancelled =
        rest.len == 1 ? DATE_NONE : take_date((struct text){rest.ptr + 1, rest.len - 1});
}

/* --- judged --- */

struct freed {
    struct date date;
    struct amount amount;
};

/* One program and year, up to the claim at hand. */
struct year {
    struct arena arena;   /* ends with it */
    struct arena scratch; /* ends with the claim */
    struct text program;
    int year;
    struct amount_sum taken;
    struct freed *freed; /* a heap of what cancels give back later, the earliest at the top */
    size_t count, room;
};

static void swap(struct freed *a, struct freed *b)
{
    struct freed other = *a;
    *a = *b;
    *b = other;
}

static void push(struct year *year, struct freed freed)
{
    year->freed = arena_grow(&year->arena, year->freed, year->count, &year->room, sizeof freed);
    size_t at = year->count++;
    year->freed[at] = freed;
    for (; at > 0 && date_before(freed.date, year->freed[(at - 1) / 2].date); at = (at - 1) / 2)
        swap(&year->freed[at], &year->freed[(at - 1) / 2]);
}

static void pop(struct year *year)
{
    year->freed[0] = year->freed[--year->count];
    for (size_t at = 0;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < year->count &&
            date_before(year->freed[child + 1].date, year->freed[child].date))
            child++;
        if (child >= year->count || !date_before(year->freed[child].date, year->freed[at].date))
            return;
        swap(&year->freed[at], &year->freed[child]);
        at = child;
    }
}

/* What was cancelled by ${date} is free again on it. */
static void give_back(struct year *year, struct date date)
{
    while (year->count > 0 && !date_before(date, year->freed[0].date)) {
        amount_sum_add(&year->taken, amount_negate(&year->scratch, year->freed[0].amount));
        pop(year);
    }
}

static void begin_year(struct year *year, const struct budget_claim *claim)
{
    arena_reset(&year->arena);
    year->program = (struct text){arena_copy(&year->arena, claim->program.ptr, claim->program.len),
                                  claim->program.len};
    year->year = year_of(claim->agreed);
    amount_sum_clear(&year->taken);
    year->freed = NULL;
    year->count = year->room = 0;
}

static void refuse(struct budgets *budgets, const struct budget_claim *claim, struct amount left)
{
    struct arena *arena = &budgets->arena;
    budgets->refusals = arena_grow(arena, budgets->refusals, budgets->count, &budgets->room,
                                   sizeof *budgets->refusals);
    budgets->refusals[budgets->count++] = (struct budget_refusal){
        .account_id = {arena_copy(arena, claim->account_id.ptr, claim->account_id.len),
                       claim->account_id.len},
        .left = amount_copy(arena, left),
        .named = claim->limit.named,
    };
}

static void judge(struct budgets *budgets, struct year *year, const struct budget_claim *claim)
{
    struct arena *scratch = &year->scratch;
    give_back(year, claim->agreed);
    struct amount taken = amount_sum_value(scratch, &year->taken);
    struct amount left = amount_sub(scratch, claim->limit.amount, taken);
    if (claim->limit.limited && amount_compare(claim->amount, left) > 0) {
        /* an amendment may leave less than was taken already */
        refuse(budgets, claim, amount_sign(left) > 0 ? left : AMOUNT_ZERO);
        return;
    }
    amount_sum_add(&year->taken, claim->amount);
    if (date_is_set(claim->cancelled))
        push(year, (struct freed){claim->cancelled, amount_copy(&year->arena, claim->amount)});
}

static int compare_refusals(const void *a, const void *b)
{
    const struct budget_refusal *left = a, *right = b;
    return text_compare(left->account_id, right->account_id);
}

bool budgets_judge(struct budgets *budgets, struct sorter *claims)
{
    struct year year = {.program = {"", 0}};
    struct sorter_item item;
    enum sorter_result result = SORTER_FAILED;
    arena_init(&year.arena, budgets->arena.memory);
    arena_init(&year.scratch, budgets->arena.memory);
    bool well = sorter_sort(claims);
    while (well && (result = sorter_next(claims, &item)) == SORTER_ITEM) {
        struct budget_claim claim;
        arena_reset(&year.scratch);
        unpack(&year.scratch, &item, &claim);
        if (year.year != year_of(claim.agreed) || !text_equal(year.program, claim.program))
            begin_year(&year, &claim);
        judge(budgets, &year, &claim);
    }
    amount_sum_clear(&year.taken);
    arena_free(&year.scratch);
    arena_free(&year.arena);
    if (budgets->count > 0)
        qsort(budgets->refusals, budgets->count, sizeof *budgets->refusals, compare_refusals);
    return well && result == SORTER_END;
}

const struct budget_refusal *budgets_refusal(const struct budgets *budgets, struct text account_id)
{
    const struct budget_refusal key = {.account_id = account_id};
    if (budgets->count == 0)
        return NULL;
    return bsearch(&key, budgets->refusals, budgets->count, sizeof key, compare_refusals);
}
