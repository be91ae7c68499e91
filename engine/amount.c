#include "amount.h"

#include <assert.h>
#include <string.h>

struct amount_limbs {
    int32_t size; /* limbs, negative for a negative number, as GMP counts them */
    mp_limb_t limb[];
};

/* An mpz_t that reads an amount in place: no copy, nothing to clear. */
struct view {
    mpz_t z;
    mp_limb_t word[(64 + GMP_NUMB_BITS - 1) / GMP_NUMB_BITS];
};

static void view_amount(struct view *view, struct amount a)
{
    if (a.limbs != NULL) {
        (void)mpz_roinit_n(view->z, a.limbs->limb, a.limbs->size);
        return;
    }
    uint64_t magnitude = a.word < 0 ? 0 - (uint64_t)a.word : (uint64_t)a.word;
    mp_size_t limbs = 0;
    for (; magnitude != 0; limbs++) {
        view->word[limbs] = (mp_limb_t)magnitude;
#if GMP_NUMB_BITS < 64
        magnitude >>= GMP_NUMB_BITS;
#else
        magnitude = 0;
#endif
    }
    (void)mpz_roinit_n(view->z, view->word, a.word < 0 ? -limbs : limbs);
}

static bool fits_word(const mpz_t value, int64_t *word)
{
    if (mpz_sizeinbase(value, 2) > 63)
        return false; /* -2^63 is left to limbs: one value, one representation */
    uint64_t magnitude = 0;
    (void)mpz_export(&magnitude, NULL, -1, sizeof magnitude, 0, 0, value);
    *word = mpz_sgn(value) < 0 ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

static struct amount freeze(struct arena *arena, const mpz_t value)
{
    size_t limbs = mpz_size(value);
    struct amount_limbs *frozen = arena_alloc(arena, sizeof *frozen + limbs * sizeof(mp_limb_t));
    frozen->size = mpz_sgn(value) < 0 ? -(int32_t)limbs : (int32_t)limbs;
    memcpy(frozen->limb, mpz_limbs_read(value), limbs * sizeof(mp_limb_t));
    return (struct amount){0, frozen};
}

struct amount amount_from_mpz(struct arena *arena, const mpz_t value)
{
    int64_t word;
    if (fits_word(value, &word))
        return amount_of(word);
    return freeze(arena, value);
}

void amount_to_mpz(mpz_t out, struct amount a)
{
    struct view view;
    view_amount(&view, a);
    mpz_set(out, view.z);
}

struct amount amount_copy(struct arena *arena, struct amount a)
{
    if (a.limbs == NULL)
        return a;
    struct view view;
    view_amount(&view, a);
    return freeze(arena, view.z);
}

static struct amount combine(struct arena *arena, struct amount a, struct amount b,
                             void (*operation)(mpz_ptr, mpz_srcptr, mpz_srcptr))
{
    struct view left, right;
    mpz_t result;
    view_amount(&left, a);
    view_amount(&right, b);
    mpz_init(result);
    operation(result, left.z, right.z);
    struct amount amount = amount_from_mpz(arena, result);
    mpz_clear(result);
    return amount;
}

struct amount amount_add_any(struct arena *arena, struct amount a, struct amount b)
{
    return combine(arena, a, b, mpz_add);
}

struct amount amount_sub_any(struct arena *arena, struct amount a, struct amount b)
{
    return combine(arena, a, b, mpz_sub);
}

int amount_compare_any(struct amount a, struct amount b)
{
    struct view left, right;
    view_amount(&left, a);
    view_amount(&right, b);
    return mpz_cmp(left.z, right.z);
}

struct amount amount_times(struct arena *arena, struct amount a, struct amount b)
{
    int64_t product;
    if (AMOUNT_BOTH_WORDS(a, b) && !__builtin_mul_overflow(a.word, b.word, &product))
        return amount_of(product);
    return combine(arena, a, b, mpz_mul);
}

struct amount amount_power10(struct arena *arena, unsigned exponent)
{
    struct amount power = amount_of(1);
    for (unsigned i = 0; i < exponent; i++)
        power = amount_times(arena, power, amount_of(10));
    return power;
}

struct amount amount_from_digits(struct arena *arena, struct text digits)
{
    enum { WORD_DIGITS = 18 }; /* always fit */
    assert(digits.len > 0 && digits.len <= AMOUNT_DIGITS_MAX);
    if (digits.len <= WORD_DIGITS) {
        int64_t word = 0;
        for (size_t i = 0; i < digits.len; i++)
            word = word * 10 + (digits.ptr[i] - '0');
        return amount_of(word);
    }
    char string[AMOUNT_DIGITS_MAX + 1];
    memcpy(string, digits.ptr, digits.len);
    string[digits.len] = '\0';
    mpz_t value;
    int bad = mpz_init_set_str(value, string, 10);
    assert(bad == 0);
    (void)bad;
    struct amount amount = amount_from_mpz(arena, value);
    mpz_clear(value);
    return amount;
}

enum { WORD_TEXT_MAX = 24, DECIMALS_MAX = 9 };

size_t amount_text_size(struct amount a)
{
    if (a.limbs == NULL)
        return WORD_TEXT_MAX + DECIMALS_MAX;
    struct view view;
    view_amount(&view, a);
    return mpz_sizeinbase(view.z, 10) + 4 + DECIMALS_MAX;
}

/* Put sign, point and leading zeros around the digits of a magnitude. */
static char *place_point(char *out, bool negative, const char *digits, size_t count,
                         unsigned decimals)
{
    if (negative)
        *out++ = '-';
    size_t whole = count > decimals ? count - decimals : 0;
    if (whole == 0)
        *out++ = '0';
    for (size_t i = 0; i < whole; i++) /* too few bytes for a call */
        *out++ = digits[i];
    if (decimals == 0)
        return out;
    *out++ = '.';
    for (size_t zeros = decimals - (count - whole); zeros > 0; zeros--)
        *out++ = '0';
    memcpy(out, digits + whole, count - whole);
    return out + (count - whole);
}

static char *write_limbs(char *out, struct amount a, unsigned decimals)
{
    struct view view;
    view_amount(&view, a);
    mpz_t magnitude;
    mpz_init(magnitude);
    mpz_abs(magnitude, view.z);
    /* The digits go behind the place of the result, which is never longer than they are plus 3. */
    char *digits = out + 3 + decimals;
    (void)mpz_get_str(digits, 10, magnitude);
    size_t count = strlen(digits);
    bool negative = mpz_sgn(view.z) < 0;
    mpz_clear(magnitude);
    if (negative)
        *out++ = '-';
    size_t whole = count - decimals; /* limbs have at least 19 digits, decimals are at most 9 */
    memmove(out, digits, whole);
    out += whole;
    if (decimals == 0)
        return out;
    memmove(out + 1, digits + whole, decimals);
    *out = '.';
    return out + 1 + decimals;
}

static const char two_digits[201] = "0001020304050607080910111213141516171819"
                                    "2021222324252627282930313233343536373839"
                                    "4041424344454647484950515253545556575859"
                                    "6061626364656667686970717273747576777879"
                                    "8081828384858687888990919293949596979899";

/* The digits of a magnitude that end at ${end}; none of zero. */
static char *write_digits_before(char *end, uint64_t magnitude)
{
    while (magnitude >= 100) {
        end -= 2;
        memcpy(end, two_digits + 2 * (magnitude % 100), 2);
        magnitude /= 100;
    }
    if (magnitude >= 10) {
        end -= 2;
        memcpy(end, two_digits + 2 * magnitude, 2);
    } else if (magnitude > 0) {
        *--end = (char)('0' + magnitude);
    }
    return end;
}

char *amount_write(char *out, struct amount a, unsigned decimals)
{
    assert(decimals <= DECIMALS_MAX);
    if (a.limbs != NULL)
        return write_limbs(out, a, decimals);
    if (a.word == 0 && decimals == 0) { /* most cells of most schedules */
        *out = '0';
        return out + 1;
    }
    char digits[WORD_TEXT_MAX];
    char *end = digits + sizeof digits;
    uint64_t magnitude = a.word < 0 ? 0 - (uint64_t)a.word : (uint64_t)a.word;
    char *first = write_digits_before(end, magnitude);
    return place_point(out, a.word < 0, first, (size_t)(end - first), decimals);
}

void amount_sum_spill(struct amount_sum *sum, struct amount a)
{
    if (!sum->spilled) {
        mpz_init(sum->rest);
        sum->spilled = true;
    }
    struct view view;
    view_amount(&view, a);
    mpz_add(sum->rest, sum->rest, view.z);
}

void amount_sum_merge(struct amount_sum *sum, const struct amount_sum *other)
{
    amount_sum_add(sum, amount_of(other->word));
    if (!other->spilled)
        return;
    amount_sum_spill(sum, AMOUNT_ZERO);
    mpz_add(sum->rest, sum->rest, other->rest);
}

struct amount amount_sum_value(struct arena *arena, const struct amount_sum *sum)
{
    if (!sum->spilled)
        return amount_of(sum->word);
    struct amount rest = amount_from_mpz(arena, sum->rest);
    return amount_add(arena, rest, amount_of(sum->word));
}

void amount_sum_clear(struct amount_sum *sum)
{
    if (sum->spilled)
        mpz_clear(sum->rest);
    *sum = (struct amount_sum){0};
}

bool amount_parse_total(struct arena *arena, struct text text, struct amount *out)
{
    char string[AMOUNT_TOTAL_DIGITS_MAX + 2];
    bool negative = text.len > 0 && text.ptr[0] == '-';
    if (text.len == negative || text.len - negative > AMOUNT_TOTAL_DIGITS_MAX)
        return false;
    for (size_t i = negative; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    memcpy(string, text.ptr, text.len);
    string[text.len] = '\0';
    mpz_t value;
    (void)mpz_init_set_str(value, string, 10); /* digits, checked above */
    *out = amount_from_mpz(arena, value);
    mpz_clear(value);
    return true;
}
