#include "text.h"

#include <stdint.h>

const char text_two_digits[201] = "0001020304050607080910111213141516171819"
                                  "2021222324252627282930313233343536373839"
                                  "4041424344454647484950515253545556575859"
                                  "6061626364656667686970717273747576777879"
                                  "8081828384858687888990919293949596979899";

/* Length of the well-formed UTF-8 character at s, 0 if there is none. */
static size_t utf8_char(const unsigned char *s, size_t left)
{
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] >= 0xC2 && s[0] < 0xE0 ? 2 : (s[0] & 0xF0) == 0xE0 ? 3 : 4;
    if (s[0] < 0xC2 || s[0] > 0xF4 || len > left)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    bool beyond = (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF4 && s[1] > 0x8F);
    return overlong || beyond ? 0 : len;
}

bool text_is_utf8(struct text text)
{
    const unsigned char *s = (const unsigned char *)text.ptr;
    for (size_t i = 0; i < text.len;) {
        size_t len = utf8_char(s + i, text.len - i);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

size_t text_chars(struct text text)
{
    size_t chars = 0;
    for (size_t i = 0; i < text.len; i++)
        chars += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return chars;
}

/* Whether a byte is a control character or no ASCII at all, eight at a time. */
static bool has_unplain(struct text text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    uint64_t found = 0;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + i, sizeof word);
        /* below 0x20, or 0x7f; a borrow can only add what is looked at closer anyway */
        uint64_t delete = word ^ (ones * 0x7f);
        found |= word | (word - ones * 0x20) | (delete - ones);
    }
    for (; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c >= 0x7f)
            return true;
    }
    return (found & highs) != 0;
}

bool text_is_plain(struct text text)
{
    if (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' '))
        return false;
    if (!has_unplain(text))
        return true;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c == 0x7F)
            return false;
        /* U+0080..U+009F, the second block of control characters */
        if (c == 0xC2 && i + 1 < text.len && (unsigned char)text.ptr[i + 1] < 0xA0)
            return false;
    }
    return true;
}

const char *text_quote(char out[TEXT_QUOTE_MAX], struct text text)
{
    enum { ROOM = TEXT_QUOTE_MAX - 6 }; /* two quotes, an ellipsis, NUL */
    size_t kept = text.len > ROOM ? ROOM : text.len;
    if (kept < text.len)
        while (kept > 0 && ((unsigned char)text.ptr[kept] & 0xC0) == 0x80)
            kept--;
    char *o = out;
    *o++ = '\'';
    for (size_t i = 0; i < kept; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        *o++ = c < 0x20 || c == 0x7F ? '?' : (char)c;
    }
    if (kept < text.len) {
        memcpy(o, "...", 3);
        o += 3;
    }
    *o++ = '\'';
    *o = '\0';
    return out;
}

enum { SLIPS_LEN_MAX = 64 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance of a and b, both at most SLIPS_LEN_MAX bytes. */
static unsigned slips(struct text a, struct text b)
{
    unsigned row[3][SLIPS_LEN_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned *now = row[i % 3];
        const unsigned *before = row[(i + 2) % 3];
        const unsigned *earlier = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned differ = a.ptr[i - 1] != b.ptr[j - 1];
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + differ);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                now[j] = least(now[j], earlier[j - 2] + 1);
        }
    }
    return row[a.len % 3][b.len];
}

struct text text_nearest(struct text word, size_t count,
                         struct text (*nth)(const void *context, size_t i), const void *context)
{
    struct text best = {"", 0};
    unsigned fewest = UINT32_MAX;
    if (word.len == 0 || word.len > SLIPS_LEN_MAX)
        return best;
    for (size_t i = 0; i < count; i++) {
        struct text candidate = nth(context, i);
        if (candidate.len == 0 || candidate.len > SLIPS_LEN_MAX)
            continue;
        unsigned distance = slips(word, candidate);
        size_t longer = word.len > candidate.len ? word.len : candidate.len;
        if (distance < fewest && distance <= (longer + 2) / 3) {
            fewest = distance;
            best = candidate;
        }
    }
    return best;
}

const char *text_join(struct arena *arena, const char *a, const char *b, struct text c)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    char *joined = arena_alloc(arena, a_len + b_len + c.len + 1);
    memcpy(joined, a, a_len);
    memcpy(joined + a_len, b, b_len);
    if (c.len > 0)
        memcpy(joined + a_len + b_len, c.ptr, c.len);
    joined[a_len + b_len + c.len] = '\0';
    return joined;
}
