#include "fraction.h"

#include <string.h>

static bool parse_unsigned(struct arena *arena, struct text text, struct decimal *out)
{
    return decimal_parse(arena, text, out) == FAULT_NONE && text.ptr[0] != '-';
}

enum fault_code fraction_parse(struct arena *arena, struct text text, struct fraction *out)
{
    struct decimal num, den = {amount_of(1), 0};
    const char *slash = text.len == 0 ? NULL : memchr(text.ptr, '/', text.len);
    bool percent = text.len > 0 && text.ptr[text.len - 1] == '%';

    if (slash != NULL) {
        struct text left = {text.ptr, (size_t)(slash - text.ptr)};
        struct text right = {slash + 1, text.len - left.len - 1};
        if (!parse_unsigned(arena, left, &num) || !parse_unsigned(arena, right, &den))
            return FAULT_FRACTION_FORM;
        if (num.scale != 0 || den.scale != 0 || amount_is_zero(den.digits))
            return FAULT_FRACTION_FORM;
    } else {
        text.len -= percent;
        if (percent && text.len > 0 && text.ptr[text.len - 1] == ' ')
            text.len--; /* `10 %` as it is written in print */
        if (!parse_unsigned(arena, text, &num))
            return FAULT_FRACTION_FORM;
    }
    out->num = num.digits;
    out->den =
        amount_times(arena, den.digits, amount_power10(arena, num.scale + (percent ? 2 : 0)));
    return FAULT_NONE;
}

struct fraction fraction_add(struct arena *arena, struct fraction a, struct fraction b)
{
    if (amount_compare(a.den, b.den) == 0)
        return (struct fraction){amount_add(arena, a.num, b.num), a.den};
    mpz_t common, left, right;
    mpz_inits(common, left, right, NULL);
    amount_to_mpz(left, a.den);
    amount_to_mpz(right, b.den);
    mpz_lcm(common, left, right);
    mpz_divexact(left, common, left);
    mpz_divexact(right, common, right);
    struct amount left_num = amount_times(arena, a.num, amount_from_mpz(arena, left));
    struct amount right_num = amount_times(arena, b.num, amount_from_mpz(arena, right));
    struct fraction sum = {amount_add(arena, left_num, right_num), amount_from_mpz(arena, common)};
    mpz_clears(common, left, right, NULL);
    return sum;
}

int fraction_compare(struct arena *arena, struct fraction a, struct fraction b)
{
    return amount_compare(amount_times(arena, a.num, b.den), amount_times(arena, b.num, a.den));
}

bool fraction_common(struct arena *arena, struct fraction *fractions, unsigned count)
{
    mpz_t common, den, num;
    mpz_inits(common, den, num, NULL);
    mpz_set_ui(common, 1);
    bool fits = true;
    for (unsigned i = 0; i < count && fits; i++) {
        amount_to_mpz(den, fractions[i].den);
        mpz_lcm(common, common, den);
        fits = mpz_sizeinbase(common, 10) <= AMOUNT_DIGITS_MAX;
    }
    for (unsigned i = 0; i < count && fits; i++) {
        amount_to_mpz(den, fractions[i].den);
        amount_to_mpz(num, fractions[i].num);
        mpz_divexact(den, common, den);
        mpz_mul(num, num, den);
        fractions[i] =
            (struct fraction){amount_from_mpz(arena, num), amount_from_mpz(arena, common)};
    }
    mpz_clears(common, den, num, NULL);
    return fits;
}
