#include "rule_text.h"

#include "rounding.h"
#include "rule_condition.h"

struct writing {
    struct buffer *out;
    struct arena *arena;
    unsigned decimals;
    bool trims;
};

static void put_amount(struct writing *w, struct amount amount)
{
    char *out = buffer_reserve(w->out, amount_text_size(amount));
    char *end = amount_write(out, amount, w->decimals);
    while (w->trims && (end[-1] == '0' || end[-1] == '.') && end > out + 1) {
        end--;
        if (*end == '.')
            break;
    }
    buffer_end(w->out, end);
}

static void put_fraction(struct writing *w, struct fraction fraction)
{
    enum { PERCENT_DECIMALS = 4 };
    struct amount scale = amount_power10(w->arena, 2 + PERCENT_DECIMALS);
    struct amount percent =
        rounding_quotient(w->arena, fraction.num, scale, fraction.den, amount_of(1), ROUNDING_DOWN);
    bool exact = amount_compare(amount_times(w->arena, percent, fraction.den),
                                amount_times(w->arena, fraction.num, scale)) == 0;
    struct amount first = exact ? percent : fraction.num;
    unsigned decimals = exact ? PERCENT_DECIMALS : 0;
    char *start = buffer_reserve(w->out, amount_text_size(first));
    char *end = amount_write(start, first, decimals);
    while (exact && end[-1] == '0' && end[-2] != '.')
        end--;
    if (exact && end[-1] == '0' && end[-2] == '.')
        end -= 2;
    buffer_end(w->out, end);
    if (exact) {
        buffer_put_string(w->out, "%");
        return;
    }
    buffer_put_string(w->out, "/");
    char *den = buffer_reserve(w->out, amount_text_size(fraction.den));
    buffer_end(w->out, amount_write(den, fraction.den, 0));
}

static void put_fractions(struct writing *w, const struct rule_value *value)
{
    for (unsigned i = 0; i < value->count; i++) {
        buffer_put_string(w->out, i == 0 ? "[" : ", ");
        put_fraction(w, value->fractions[i]);
    }
    buffer_put_string(w->out, "]");
}

static void put_span(struct writing *w, struct span span)
{
    char text[32];
    buffer_put_string(w->out, span_text(text, span));
}

static void put_date(struct writing *w, struct date date)
{
    char text[DATE_TEXT_LEN + 1];
    buffer_put_string(w->out, date_text(text, date));
}

static void put_word(struct writing *w, bool *first, struct text word)
{
    buffer_put_string(w->out, *first ? "" : ", ");
    buffer_put(w->out, word);
    *first = false;
}

static void put_list(struct writing *w, enum rule_key key, const struct rule_value *value)
{
    bool first = true;
    buffer_put_string(w->out, "[");
    switch (rule_row(key)->type) {
    case RULE_TYPE_ORDER:
    case RULE_TYPE_SOME:
        for (unsigned i = 0; i < value->count; i++)
            put_word(w, &first, rule_allowed(key, value->order[i]));
        break;
    case RULE_TYPE_WORDS:
        for (unsigned i = 0; rule_allowed(key, i).len > 0; i++)
            if ((unsigned)value->number >> i & 1)
                put_word(w, &first, rule_allowed(key, i));
        break;
    default:
        for (unsigned i = 0; i < value->count; i++)
            put_word(w, &first, value->ids[i]);
        break;
    }
    buffer_put_string(w->out, "]");
}

static void put_day(struct writing *w, int32_t day)
{
    if (day == RULE_DAY_SAME || day == RULE_DAY_LAST)
        buffer_put_string(w->out, day == RULE_DAY_SAME ? "same" : "last");
    else
        buffer_printf(w->out, "%d", day);
}

static void put_range(struct writing *w, const struct rule_value *value)
{
    buffer_printf(w->out, "%d..", value->from);
    if (value->upto != RULE_RANGE_OPEN)
        buffer_printf(w->out, "%d", value->upto);
}

/* An amount, or what may stand in place of one. */
static void put_amount_or_other(struct writing *w, enum rule_key key,
                                const struct rule_value *value)
{
    if (value->number >= 0)
        buffer_put(w->out, rule_allowed(key, (unsigned)value->number));
    else if (amount_sign(value->fraction.den) > 0)
        put_fraction(w, value->fraction);
    else
        put_amount(w, value->amount);
}

static void put_date_or_span(struct writing *w, const struct rule_value *value)
{
    if (date_is_set(value->date))
        put_date(w, value->date);
    else
        put_span(w, value->span);
}

static void put_value(struct writing *w, enum rule_key key, const struct rule_value *value)
{
    switch (rule_row(key)->type) {
    case RULE_TYPE_AMOUNT:
    case RULE_TYPE_AMOUNT_OR_FRACTION:
    case RULE_TYPE_AMOUNT_OR_MAP:
    case RULE_TYPE_CHOICE_OR_AMOUNT:
    case RULE_TYPE_CHOICE_OR_FRACTION:
        put_amount_or_other(w, key, value);
        return;
    case RULE_TYPE_CONDITION:
        rule_condition_put(w->out, value->items[0]);
        return;
    case RULE_TYPE_FRACTION:
        put_fraction(w, value->fraction);
        return;
    case RULE_TYPE_FRACTIONS:
        put_fractions(w, value);
        return;
    case RULE_TYPE_CHOICE:
    case RULE_TYPE_CHOICE_OR_MAP:
        buffer_put(w->out, rule_allowed(key, (unsigned)value->number));
        return;
    case RULE_TYPE_ORDER:
    case RULE_TYPE_SOME:
    case RULE_TYPE_WORDS:
    case RULE_TYPE_IDS:
    case RULE_TYPE_TEXTS:
        put_list(w, key, value);
        return;
    case RULE_TYPE_FLAG:
        buffer_put_string(w->out, value->number != 0 ? "true" : "false");
        return;
    case RULE_TYPE_COUNT:
    case RULE_TYPE_COUNT_OR_MAP:
        buffer_printf(w->out, "%d", value->number);
        return;
    case RULE_TYPE_SPAN:
    case RULE_TYPE_SPAN_OR_MAP:
        put_span(w, value->span);
        return;
    case RULE_TYPE_DATE:
    case RULE_TYPE_DATE_OR_SPAN:
        put_date_or_span(w, value);
        return;
    case RULE_TYPE_RANGE:
        put_range(w, value);
        return;
    case RULE_TYPE_DAY:
        put_day(w, value->number);
        return;
    case RULE_TYPE_TEXT:
    case RULE_TYPE_ID:
    case RULE_TYPE_CODE:
    case RULE_TYPE_SOURCE:
    case RULE_TYPE_DATE_NAME:
        buffer_put(w->out, value->text);
        return;
    case RULE_TYPE_CONDITIONS:
    case RULE_TYPE_MAP:
    case RULE_TYPE_LIST:
    case RULE_TYPE_NAMED:
    case RULE_TYPE_NODE:
    case RULE_TYPE_COLUMNS:
        return; /* have no line of their own */
    }
}

void rule_text_put(struct buffer *out, struct arena *arena, enum rule_key key,
                   const struct rule_value *value, unsigned decimals, bool trims)
{
    struct writing writing = {out, arena, decimals, trims};
    put_value(&writing, key, value);
}

bool rule_text_is_inner(enum rule_key key, const struct rule_value *value)
{
    switch (rule_row(key)->type) {
    case RULE_TYPE_MAP:
    case RULE_TYPE_LIST:
    case RULE_TYPE_NAMED:
    case RULE_TYPE_NODE:
    case RULE_TYPE_COLUMNS:
        return true;
    case RULE_TYPE_CHOICE_OR_MAP:
    case RULE_TYPE_COUNT_OR_MAP:
    case RULE_TYPE_SPAN_OR_MAP:
    case RULE_TYPE_AMOUNT_OR_MAP:
        return value->node != NULL && value->node->kind == YAML_MAP;
    default:
        return false;
    }
}

void rule_text_put_fraction(struct buffer *out, struct arena *arena, struct fraction fraction)
{
    struct writing writing = {.out = out, .arena = arena};
    put_fraction(&writing, fraction);
}
