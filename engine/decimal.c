#include "decimal.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The digits of a decimal that a word may not hold; its point left out. */
static struct amount long_value(struct arena *arena, const char *s, const char *end)
{
    char digits[AMOUNT_DIGITS_MAX];
    size_t count = 0;
    for (; s < end; s++)
        if (is_digit(*s))
            digits[count++] = *s;
    return amount_from_digits(arena, (struct text){digits, count});
}

enum fault_code decimal_parse(struct arena *arena, struct text text, struct decimal *out)
{
    enum { WORD_DIGITS = 18 }; /* always fit */
    bool negative = text.len > 0 && text.ptr[0] == '-';
    const char *s = text.ptr + negative, *end = text.ptr + text.len;
    const char *point = NULL;
    int64_t word = 0;
    size_t count = 0;

    for (const char *p = s; p < end; p++) {
        if (is_digit(*p)) {
            if (++count <= WORD_DIGITS)
                word = word * 10 + (*p - '0');
        } else if (*p == '.' && point == NULL && p > s && p + 1 < end) {
            point = p;
        } else {
            return FAULT_AMOUNT_FORM;
        }
    }
    if (count == 0)
        return FAULT_AMOUNT_FORM;
    if (count > AMOUNT_DIGITS_MAX)
        return FAULT_AMOUNT_DIGITS;
    struct amount value = count <= WORD_DIGITS ? amount_of(word) : long_value(arena, s, end);
    out->digits = negative ? amount_negate(arena, value) : value;
    out->scale = point == NULL ? 0 : (unsigned)(end - point - 1);
    return FAULT_NONE;
}

/* Drop zero decimals until at most ${decimals} are left; false when one of them is not zero. */
static bool drop_zeros(struct arena *arena, struct decimal *decimal, unsigned decimals)
{
    mpz_t value;
    mpz_init(value);
    amount_to_mpz(value, decimal->digits);
    while (decimal->scale > decimals && mpz_divisible_ui_p(value, 10)) {
        mpz_divexact_ui(value, value, 10);
        decimal->scale--;
    }
    decimal->digits = amount_from_mpz(arena, value);
    mpz_clear(value);
    return decimal->scale <= decimals;
}

enum fault_code decimal_to_amount(struct arena *arena, struct decimal decimal, unsigned decimals,
                                  struct amount *out)
{
    if (amount_sign(decimal.digits) < 0)
        return FAULT_AMOUNT_NEGATIVE;
    if (decimal.scale > decimals && !drop_zeros(arena, &decimal, decimals))
        return FAULT_AMOUNT_DECIMALS;
    if (decimal.scale < decimals) {
        struct amount factor = amount_power10(arena, decimals - decimal.scale);
        decimal.digits = amount_times(arena, decimal.digits, factor);
    }
    *out = decimal.digits;
    return FAULT_NONE;
}

void decimal_sum_add(struct decimal_sum *sum, struct decimal decimal)
{
    amount_sum_add(&sum->at_scale[decimal.scale], decimal.digits);
}

void decimal_sum_merge(struct decimal_sum *sum, const struct decimal_sum *other)
{
    for (unsigned scale = 0; scale <= AMOUNT_DIGITS_MAX; scale++)
        amount_sum_merge(&sum->at_scale[scale], &other->at_scale[scale]);
}

void decimal_sum_clear(struct decimal_sum *sum)
{
    for (unsigned scale = 0; scale <= AMOUNT_DIGITS_MAX; scale++)
        amount_sum_clear(&sum->at_scale[scale]);
}

const char *decimal_sum_text(struct arena *arena, const struct decimal_sum *sum)
{
    struct decimal total = {AMOUNT_ZERO, 0};
    for (unsigned scale = AMOUNT_DIGITS_MAX + 1; scale-- > 0;) {
        struct amount part = amount_sum_value(arena, &sum->at_scale[scale]);
        if (amount_is_zero(part))
            continue;
        if (total.scale < scale)
            total.scale = scale; /* the first one met has the most decimals */
        struct amount factor = amount_power10(arena, total.scale - scale);
        total.digits = amount_add(arena, total.digits, amount_times(arena, part, factor));
    }
    (void)drop_zeros(arena, &total, 0);
    /* amount_write() places at most 9 decimals; control totals of odd files may have 30. */
    bool negative = amount_sign(total.digits) < 0;
    struct amount magnitude = negative ? amount_negate(arena, total.digits) : total.digits;
    char *digits = arena_alloc(arena, amount_text_size(magnitude));
    size_t count = (size_t)(amount_write(digits, magnitude, 0) - digits);
    size_t zeros = count > total.scale ? 0 : total.scale + 1 - count;
    char *text = arena_alloc(arena, count + zeros + 3), *out = text;
    if (negative)
        *out++ = '-';
    for (size_t i = 0; i < zeros + count; i++) {
        if (i == zeros + count - total.scale)
            *out++ = '.';
        *out++ = i < zeros ? '0' : digits[i - zeros];
    }
    *out = '\0';
    return text;
}

bool decimal_parse_total(struct arena *arena, struct text text, struct decimal *out)
{
    const char *point = text.len == 0 ? NULL : memchr(text.ptr, '.', text.len);
    struct decimal total = {.scale =
                                point == NULL ? 0 : (unsigned)(text.ptr + text.len - point - 1)};
    if (point == NULL) {
        if (!amount_parse_total(arena, text, &total.digits))
            return false;
    } else {
        size_t before = (size_t)(point - text.ptr);
        char *digits = arena_alloc(arena, text.len);
        memcpy(digits, text.ptr, before);
        memcpy(digits + before, point + 1, total.scale);
        if (total.scale == 0 || total.scale > AMOUNT_DIGITS_MAX ||
            !amount_parse_total(arena, (struct text){digits, text.len - 1}, &total.digits))
            return false;
    }
    *out = total;
    return true;
}
