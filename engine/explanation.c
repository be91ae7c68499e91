#include "explanation.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rule_text.h"
/* --- putting together --- */

void explanation_account(struct explanation *e, struct arena *arena, struct text account_id,
                         const struct program *program, struct date agreed)
{
    *e = (struct explanation){.out = e->out,
                              .wanted = e->wanted,
                              .as_of = e->as_of,
                              .arena = arena,
                              .account_id = account_id,
                              .program = program,
                              .decimals = program->decimals,
                              .agreed = agreed};
}

static bool is_wanted_text(const char *wanted, const char *is)
{
    return wanted == NULL || strcmp(wanted, is) == 0;
}

bool explanation_begin(struct explanation *e, const char *file, unsigned line, const char *row,
                       const char *figure)
{
    e->file = file;
    e->line = line;
    e->row = row;
    e->figure = figure;
    e->term_count = e->rule_count = e->say_count = e->other_count = 0;
    return is_wanted_text(e->wanted->file, file) && is_wanted_text(e->wanted->figure, figure) &&
           is_wanted_text(e->wanted->row, row);
}

static const char *format_text(struct explanation *e, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = arena_alloc(e->arena, (size_t)len + 1);
    (void)vsnprintf(text, (size_t)len + 1, format, arguments);
    return text;
}

const char *explanation_text(struct explanation *e, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = format_text(e, format, arguments);
    va_end(arguments);
    return text;
}

const char *explanation_money(struct explanation *e, struct amount amount)
{
    struct buffer buffer;
    buffer_init(&buffer, e->arena->memory);
    buffer_put_grouped(&buffer, amount, e->decimals);
    const char *text = arena_copy(e->arena, buffer.bytes, buffer.len);
    buffer_free(&buffer);
    return text;
}

const char *explanation_day(struct explanation *e, struct date date)
{
    char text[DATE_TEXT_LEN + 1];
    if (!date_is_set(date))
        return "never";
    return arena_copy(e->arena, date_text(text, date), DATE_TEXT_LEN);
}

static struct explanation_term *add_term(struct explanation *e, struct amount value,
                                         const char *what)
{
    e->terms = arena_grow(e->arena, e->terms, e->term_count, &e->term_room, sizeof *e->terms);
    struct explanation_term *term = &e->terms[e->term_count++];
    *term = (struct explanation_term){.value = value, .what = what, .date = DATE_NONE};
    return term;
}

struct explanation_term *explanation_term(struct explanation *e, struct amount value,
                                          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *what = format_text(e, format, arguments);
    va_end(arguments);
    return add_term(e, value, what);
}

struct explanation_term *explanation_minus(struct explanation *e, struct amount value,
                                           const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct explanation_term *term = add_term(e, value, format_text(e, format, arguments));
    va_end(arguments);
    term->minus = true;
    return term;
}

struct explanation_term *explanation_dated(struct explanation *e, struct date date,
                                           const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct explanation_term *term =
        add_term(e, amount_of(date.day), format_text(e, format, arguments));
    va_end(arguments);
    term->date = date;
    return term;
}

static void *keep(struct explanation *e, const void *thing, size_t size)
{
    void *kept = arena_alloc(e->arena, size);
    memcpy(kept, thing, size);
    return kept;
}

void explanation_ranged(struct explanation *e, const struct explanation_range *range,
                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct explanation_term *term =
        add_term(e, amount_of(range->index), format_text(e, format, arguments));
    va_end(arguments);
    term->range = keep(e, range, sizeof *range);
}

void explanation_of_rounded(struct explanation *e, struct explanation_term *term,
                            const struct explanation_rounded *rounded)
{
    term->rounded = keep(e, rounded, sizeof *rounded);
}

void explanation_of_share(struct explanation *e, struct explanation_term *term, struct amount base,
                          struct fraction rate, struct split_rounding rounding)
{
    const struct explanation_product product = {base, rate, 1};
    explanation_of_rounded(
        e, term,
        &(struct explanation_rounded){.products = keep(e, &product, sizeof product),
                                      .count = 1,
                                      .unit = rounding.unit,
                                      .mode = rounding.mode});
}

void explanation_of_split(struct explanation *e, struct explanation_term *term,
                          const struct explanation_split *split)
{
    term->split = keep(e, split, sizeof *split);
}

void explanation_of_counted(struct explanation *e, struct explanation_term *term,
                            const struct explanation_counted *counted)
{
    term->counted = keep(e, counted, sizeof *counted);
}

void explanation_item(struct explanation *e, enum rule_key key, const struct rule_scope *item,
                      struct date date)
{
    bool signed_terms = !date_is_set(date);
    struct date on = signed_terms ? e->agreed : date;
    const struct rule_scope *scope = program_at(e->program, on);
    const struct rule_value *value = &(item == NULL ? scope : item)->value[key];
    if (!value->set || rule_text_is_inner(key, value))
        return;
    for (size_t i = 0; i < e->rule_count; i++)
        if (e->rules[i].value == value)
            return;
    e->rules = arena_grow(e->arena, e->rules, e->rule_count, &e->rule_room, sizeof *e->rules);
    e->rules[e->rule_count++] = (struct explanation_rule){
        .key = key,
        .item = item,
        .value = value,
        .origin = origin_of(e->program, scope, item, key),
        .on = on,
        .why = signed_terms ? EXPLANATION_AS_SIGNED
               : date_equal(date, e->as_of) && rule_row(key)->bind == RULE_BIND_REPORT
                   ? EXPLANATION_AS_REPORTED
                   : EXPLANATION_AS_HAPPENED,
    };
}

void explanation_rule(struct explanation *e, enum rule_key key, struct date date)
{
    explanation_item(e, key, NULL, date);
}

void explanation_say(struct explanation *e, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *what = format_text(e, format, arguments);
    va_end(arguments);
    e->says = arena_grow(e->arena, e->says, e->say_count, &e->say_room, sizeof *e->says);
    e->says[e->say_count++] = what;
}

void explanation_next(struct explanation *e, const struct explanation_other *other)
{
    e->others = arena_grow(e->arena, e->others, e->other_count, &e->other_room, sizeof *e->others);
    e->others[e->other_count++] = *other;
}

/* --- recomputing --- */

struct fraction explanation_exact(struct arena *arena, const struct explanation_rounded *rounded)
{
    struct fraction sum = {AMOUNT_ZERO, amount_of(1)};
    for (size_t i = 0; i < rounded->count; i++) {
        const struct explanation_product *product = &rounded->products[i];
        struct amount times = amount_times(arena, product->base, amount_of(product->times));
        sum = fraction_add(
            arena, sum,
            (struct fraction){amount_times(arena, times, product->rate.num), product->rate.den});
    }
    return sum;
}

struct amount explanation_rounded_value(struct arena *arena,
                                        const struct explanation_rounded *rounded)
{
    struct fraction exact = explanation_exact(arena, rounded);
    if (amount_sign(rounded->cap.den) > 0 && fraction_compare(arena, rounded->cap, exact) < 0)
        exact = rounded->cap;
    return rounding_quotient(arena, exact.num, amount_of(1), exact.den, rounded->unit,
                             rounded->mode);
}

static bool splits_to(struct arena *arena, const struct explanation_split *split,
                      struct amount value)
{
    struct amount *parts = ARENA_ARRAY(arena, struct amount, split->rows);
    if (amount_sign(split->fixed) > 0)
        split_fixed(arena, split->whole, split->fixed, split->rows, parts);
    else if (split->shares != NULL)
        split_shares(arena, split->whole, split->shares, split->rows, &split->rounding, parts);
    else
        split_equal(arena, split->whole, split->rows, &split->rounding, parts);
    return amount_compare(parts[split->k - 1], value) == 0;
}

struct date explanation_counted_date(const struct explanation_counted *counted)
{
    int32_t months = counted->every.count * (counted->every.unit == SPAN_YEARS ? 12 : 1);
    if (counted->day == RULE_DAY_SAME)
        return date_add_span(counted->anchor, counted->every, counted->times, counted->missing);
    if (counted->day == RULE_DAY_LAST)
        return date_in_month(counted->anchor, months * counted->times, 31, MISSING_LAST_OF_MONTH);
    return date_in_month(counted->anchor, months * counted->times, counted->day, counted->missing);
}

/* Whether the term follows from what it says it comes from. */
static bool term_follows(struct explanation *e, const struct explanation_term *term)
{
    const struct explanation_range *range = term->range;
    if (term->rounded != NULL &&
        amount_compare(explanation_rounded_value(e->arena, term->rounded), term->value) != 0)
        return false;
    if (term->split != NULL && !splits_to(e->arena, term->split, term->value))
        return false;
    if (term->counted != NULL && !date_equal(explanation_counted_date(term->counted), term->date))
        return false;
    return range == NULL || range->from > range->upto ||
           (range->from <= range->number && range->number <= range->upto);
}

static struct amount signed_value(struct explanation *e, const struct explanation_term *term)
{
    return term->minus ? amount_negate(e->arena, term->value) : term->value;
}

static struct amount sum_of(struct explanation *e, size_t from)
{
    struct amount sum = AMOUNT_ZERO;
    for (size_t i = from; i < e->term_count; i++)
        sum = amount_add(e->arena, sum, signed_value(e, &e->terms[i]));
    return sum;
}

/* The extreme of all terms: the smallest, or the largest. */
static struct amount extreme(struct explanation *e, bool largest)
{
    struct amount value = signed_value(e, &e->terms[0]);
    for (size_t i = 1; i < e->term_count; i++) {
        struct amount other = signed_value(e, &e->terms[i]);
        if ((amount_compare(other, value) > 0) == largest)
            value = other;
    }
    return value;
}

static struct amount days_of(struct explanation *e)
{
    struct amount days = amount_sub(e->arena, e->terms[1].value, e->terms[0].value);
    return amount_sub(e->arena, days, sum_of(e, 2));
}

/* What the terms come to; of dates their day, of a class its index. */
static struct amount recompute(struct explanation *e, enum explanation_how how)
{
    switch (how) {
    case EXPLANATION_SUM:
        return sum_of(e, 0);
    case EXPLANATION_LEAST:
        return extreme(e, false);
    case EXPLANATION_LARGEST:
    case EXPLANATION_CLASS:
        return extreme(e, true);
    case EXPLANATION_DATE:
        return e->terms[e->term_count - 1].value;
    case EXPLANATION_DAYS:
        return days_of(e);
    case EXPLANATION_QUOTIENT:
        return rounding_quotient(e->arena, e->terms[0].value,
                                 amount_power10(e->arena, EXPLANATION_RATE_DECIMALS),
                                 e->terms[1].value, amount_of(1), ROUNDING_HALF_EVEN);
    case EXPLANATION_GIVEN:
    case EXPLANATION_WORDS:
        break;
    }
    return AMOUNT_ZERO;
}

/* Nothing where there is something to say of: no figure hangs in the air. */
static bool has_terms(const struct explanation *e, enum explanation_how how)
{
    switch (how) {
    case EXPLANATION_GIVEN:
    case EXPLANATION_LEAST:
    case EXPLANATION_LARGEST:
    case EXPLANATION_DATE:
    case EXPLANATION_CLASS:
        return e->term_count > 0;
    case EXPLANATION_DAYS:
    case EXPLANATION_QUOTIENT:
        return e->term_count > 1;
    case EXPLANATION_SUM:
        break;
    case EXPLANATION_WORDS:
        return e->term_count + e->say_count > 0;
    }
    return true;
}

static void check(struct explanation *e, enum explanation_how how, struct amount value)
{
    bool computed = how != EXPLANATION_GIVEN && how != EXPLANATION_WORDS;
    bool follows = has_terms(e, how);
    for (size_t i = 0; i < e->term_count && follows; i++)
        follows = term_follows(e, &e->terms[i]);
    if (follows && computed)
        follows = amount_compare(recompute(e, how), value) == 0;
    if (!follows && e->broken == NULL)
        e->broken = explanation_text(e, "%s %s %s", e->file, e->row, e->figure);
}

/* --- values --- */

static struct text plain(struct explanation *e, struct amount amount, unsigned decimals)
{
    char *text = arena_alloc(e->arena, amount_text_size(amount));
    return (struct text){text, (size_t)(amount_write(text, amount, decimals) - text)};
}

void explanation_end_money(struct explanation *e, enum explanation_how how, struct amount value)
{
    check(e, how, value);
    explanation_write(e, how, plain(e, value, e->decimals), e->decimals, amount_is_zero(value));
}

void explanation_end_count(struct explanation *e, enum explanation_how how, int64_t value)
{
    check(e, how, amount_of(value));
    explanation_write(e, how, text_of(explanation_text(e, "%lld", (long long)value)), 0,
                      value == 0);
}

void explanation_end_rate(struct explanation *e, struct amount value)
{
    check(e, EXPLANATION_QUOTIENT, value);
    explanation_write(e, EXPLANATION_QUOTIENT, plain(e, value, EXPLANATION_RATE_DECIMALS),
                      e->decimals, amount_is_zero(value));
}

void explanation_end_date(struct explanation *e, enum explanation_how how, struct date value)
{
    bool none = !date_is_set(value);
    check(e, none ? EXPLANATION_WORDS : how, amount_of(value.day));
    explanation_write(e, none ? EXPLANATION_WORDS : how,
                      text_of(none ? "" : explanation_day(e, value)), 0, none);
}

void explanation_end_words(struct explanation *e, enum explanation_how how, struct text value)
{
    struct amount index = AMOUNT_ZERO;
    for (size_t i = 0; i < e->term_count && how == EXPLANATION_CLASS; i++)
        if (text_equal(e->terms[i].range->class_id, value))
            index = amount_of(e->terms[i].range->index);
    check(e, how, index);
    explanation_write(e, how, value, e->decimals, value.len == 0);
}

void explanation_given(struct explanation *e, const char *file, unsigned line, const char *row,
                       const char *figure, struct text value, struct place at, const char *column)
{
    if (!explanation_begin(e, file, line, row, figure))
        return;
    struct explanation_term *term =
        explanation_term(e, AMOUNT_ZERO, "column %s of the book", column);
    term->at = at;
    term->column = column;
    explanation_end_words(e, EXPLANATION_GIVEN, value);
}
