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

enum { DECIMALS_MAX = 9 };

size_t amount_text_size_any(struct amount a)
{
    struct view view;
    view_amount(&view, a);
    return mpz_sizeinbase(view.z, 10) + 4 + DECIMALS_MAX;
}

char *amount_write_limbs(char *out, struct amount a, unsigned decimals)
{
    assert(decimals <= DECIMALS_MAX);
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

static const uint64_t powers_of_ten[] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    UINT64_C(10000000000000000000),
};

/* At least 1.  1233 / 4096 is a little more than the logarithm of 2: the guess, from the number of
 * bits, is right or one too many. */
static unsigned count_digits(uint64_t magnitude)
{
    uint64_t odd = magnitude | 1; /* has as many digits, and bits to count */
    unsigned guess = (unsigned)(64 - __builtin_clzll(odd)) * 1233 >> 12;
    return guess + (odd >= powers_of_ten[guess]);
}

static void write_two(char *out, uint32_t number)
{
    memcpy(out, text_two_digits + 2 * number, 2);
}

/* Exactly eight digits: the divisions of one half do not wait for the other's. */
static char *write_eight(char *out, uint32_t number)
{
    uint32_t high = number / 10000, low = number % 10000;
    write_two(out, high / 100);
    write_two(out + 2, high % 100);
    write_two(out + 4, low / 100);
    write_two(out + 6, low % 100);
    return out + 8;
}

/* Exactly ${count} <= 9 digits. */
static char *write_few(char *out, uint32_t number, unsigned count)
{
    char *end = out + count;
    for (char *at = end; at - out >= 2; number /= 100)
        write_two(at -= 2, number % 100);
    if (count % 2 == 1)
        *out = (char)('0' + number);
    return end;
}

/* Exactly ${count} digits: by eights, which fit 32 bits, from the end. */
static char *write_digits(char *out, uint64_t magnitude, unsigned count)
{
    const uint32_t eight = 100000000;
    if (count <= 8)
        return write_few(out, (uint32_t)magnitude, count);
    uint64_t rest = magnitude / eight;
    if (count <= 16) {
        out = write_few(out, (uint32_t)rest, count - 8);
    } else {
        out = write_few(out, (uint32_t)(rest / eight), count - 16);
        out = write_eight(out, (uint32_t)(rest % eight));
    }
    return write_eight(out, (uint32_t)(magnitude % eight));
}

char *amount_write_word(char *out, int64_t word, unsigned decimals)
{
    assert(decimals <= DECIMALS_MAX);
    uint64_t magnitude = word < 0 ? 0 - (uint64_t)word : (uint64_t)word;
    if (word < 0)
        *out++ = '-';
    if (decimals > 0) {
        uint64_t scale = powers_of_ten[decimals], whole = magnitude / scale;
        out = write_digits(out, whole, count_digits(whole));
        *out++ = '.';
        return write_digits(out, magnitude - whole * scale, decimals);
    }
    return write_digits(out, magnitude, count_digits(magnitude));
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
