#include "explanation.h"

#include "rule_text.h"

static const char *const how_names[] = {"given", "sum",  "least", "largest", "quotient",
                                        "date",  "days", "class", "words"};
static const char *const why_names[] = {"agreement", "event", "report"};

/* As rule files write them. */
static struct text mode_name(enum rounding_mode mode)
{
    return rule_allowed(RULE_SCHEDULE_ROUNDING_MODE, mode);
}

static void put_amount(struct buffer *out, struct amount amount, unsigned decimals)
{
    char *end = amount_write(buffer_reserve(out, amount_text_size(amount)), amount, decimals);
    buffer_end(out, end);
}

static void put_date(struct buffer *out, struct date date)
{
    char text[DATE_TEXT_LEN + 1];
    buffer_put_string(out, date_text(text, date));
}

static void put_place(struct buffer *out, struct place at)
{
    buffer_printf(out, "%s:%u", at.file->path, at.line);
}

static void put_fraction(struct buffer *out, struct fraction fraction, unsigned decimals)
{
    put_amount(out, fraction.num, decimals);
    if (amount_compare(fraction.den, amount_of(1)) != 0) {
        buffer_put_string(out, "/");
        put_amount(out, fraction.den, 0);
    }
}

static const char *path_of(struct explanation *e, const struct explanation_rule *rule)
{
    return origin_path(e->arena, rule->key, rule->item);
}

/* --- JSON --- */

static void json_name(struct buffer *out, const char *name)
{
    char last = out->len == 0 ? '{' : out->bytes[out->len - 1];
    if (last != '{' && last != '[')
        buffer_put_string(out, ",");
    buffer_printf(out, "\"%s\":", name);
}

static void json_text(struct buffer *out, const char *name, struct text text)
{
    json_name(out, name);
    buffer_put_json(out, text);
}

static void json_string(struct buffer *out, const char *name, const char *text)
{
    json_text(out, name, text_of(text));
}

static void json_amount(struct buffer *out, const char *name, struct amount amount,
                        unsigned decimals)
{
    json_name(out, name);
    buffer_put_string(out, "\"");
    put_amount(out, amount, decimals);
    buffer_put_string(out, "\"");
}

static void json_fraction(struct buffer *out, const char *name, struct fraction fraction,
                          unsigned decimals)
{
    json_name(out, name);
    buffer_put_string(out, "\"");
    put_fraction(out, fraction, decimals);
    buffer_put_string(out, "\"");
}

static void json_date(struct buffer *out, const char *name, struct date date)
{
    char text[DATE_TEXT_LEN + 1];
    json_string(out, name, date_text(text, date));
}

static void json_number(struct buffer *out, const char *name, int64_t number)
{
    json_name(out, name);
    buffer_printf(out, "%lld", (long long)number);
}

static void json_place(struct buffer *out, const char *name, struct place at)
{
    struct buffer text;
    buffer_init(&text, out->memory);
    put_place(&text, at);
    json_text(out, name, (struct text){text.bytes, text.len});
    buffer_free(&text);
}

static void json_rounded(struct explanation *e, const struct explanation_rounded *rounded,
                         unsigned decimals)
{
    struct buffer *out = e->out;
    json_name(out, "rounded");
    buffer_put_string(out, "{");
    json_name(out, "products");
    buffer_put_string(out, "[");
    for (size_t i = 0; i < rounded->count; i++) {
        buffer_put_string(out, i == 0 ? "{" : ",{");
        json_amount(out, "base", rounded->products[i].base, decimals);
        json_fraction(out, "rate", rounded->products[i].rate, 0);
        json_number(out, "times", rounded->products[i].times);
        buffer_put_string(out, "}");
    }
    buffer_put_string(out, "]");
    if (amount_sign(rounded->cap.den) > 0)
        json_fraction(out, "cap", rounded->cap, decimals);
    json_fraction(out, "exact", explanation_exact(e->arena, rounded), decimals);
    json_amount(out, "unit", rounded->unit, decimals);
    json_text(out, "mode", mode_name(rounded->mode));
    buffer_put_string(out, "}");
}

static void json_split(struct buffer *out, const struct explanation_split *split, unsigned decimals)
{
    json_name(out, "split");
    buffer_put_string(out, "{");
    json_amount(out, "whole", split->whole, decimals);
    json_number(out, "rows", split->rows);
    json_number(out, "k", split->k);
    if (amount_sign(split->fixed) > 0) {
        json_amount(out, "fixed", split->fixed, decimals);
    } else {
        json_amount(out, "unit", split->rounding.unit, decimals);
        json_text(out, "mode", mode_name(split->rounding.mode));
        json_text(out, "residual",
                  rule_allowed(RULE_SCHEDULE_ROUNDING_RESIDUAL, split->rounding.residual));
    }
    if (split->shares != NULL) {
        json_name(out, "shares");
        buffer_put_string(out, "[");
        for (unsigned i = 0; i < split->rows; i++) {
            buffer_put_string(out, i == 0 ? "\"" : ",\"");
            put_fraction(out, split->shares[i], 0);
            buffer_put_string(out, "\"");
        }
        buffer_put_string(out, "]");
    }
    buffer_put_string(out, "}");
}

static void json_counted(struct buffer *out, const struct explanation_counted *counted)
{
    char span[32];
    json_name(out, "counted");
    buffer_put_string(out, "{");
    json_date(out, "anchor", counted->anchor);
    json_number(out, "times", counted->times);
    json_string(out, "every", span_text(span, counted->every));
    if (counted->day == RULE_DAY_SAME || counted->day == RULE_DAY_LAST)
        json_string(out, "day", counted->day == RULE_DAY_SAME ? "same" : "last");
    else
        json_number(out, "day", counted->day);
    json_text(out, "missing", rule_allowed(RULE_SCHEDULE_DUE_MISSING_DAY, counted->missing));
    buffer_put_string(out, "}");
}

static void json_range(struct buffer *out, const struct explanation_range *range)
{
    json_text(out, "class", range->class_id);
    if (range->from > range->upto)
        return;
    json_number(out, "number", range->number);
    json_number(out, "from", range->from);
    if (range->upto != RULE_RANGE_OPEN)
        json_number(out, "upto", range->upto);
}

static void json_term(struct explanation *e, const struct explanation_term *term,
                      enum explanation_how how, unsigned decimals)
{
    struct buffer *out = e->out;
    if (how != EXPLANATION_GIVEN && term->range == NULL && !date_is_set(term->date)) {
        json_string(out, "sign", term->minus ? "-" : "+");
        json_amount(out, "value", term->value, decimals);
    }
    if (date_is_set(term->date))
        json_date(out, "date", term->date);
    if (term->event != NULL)
        json_text(out, "event", term->event->id);
    if (term->at.file != NULL)
        json_place(out, "at", term->at);
    if (term->column != NULL)
        json_string(out, "column", term->column);
    if (term->account.len > 0)
        json_text(out, "account", term->account);
    if (term->row != NULL)
        json_string(out, "row", term->row);
    if (term->figure != NULL)
        json_string(out, "figure", term->figure);
    if (term->rounded != NULL)
        json_rounded(e, term->rounded, decimals);
    if (term->split != NULL)
        json_split(out, term->split, decimals);
    if (term->counted != NULL)
        json_counted(out, term->counted);
    if (term->range != NULL) {
        json_number(out, "index", term->range->index);
        json_range(out, term->range);
    }
    json_string(out, "what", term->what);
}

static void json_rule(struct explanation *e, const struct explanation_rule *rule)
{
    struct buffer *out = e->out, text;
    const struct origin *origin = &rule->origin;
    buffer_init(&text, out->memory);
    rule_text_put(&text, e->arena, rule->key, rule->value, e->decimals, false);
    json_string(out, "path", path_of(e, rule));
    json_text(out, "value", (struct text){text.bytes, text.len});
    if (origin->given)
        json_place(out, "at", origin->at);
    if (date_is_set(origin->amended))
        json_date(out, "amended", origin->amended);
    if (origin->source.len > 0)
        json_text(out, "source", origin->source);
    if (origin->title.len > 0)
        json_text(out, "title", origin->title);
    json_date(out, "version", origin->version);
    json_string(out, "binds", why_names[rule->why]);
    json_date(out, "on", rule->on);
    buffer_free(&text);
}

static void json_others(struct explanation *e)
{
    struct buffer *out = e->out;
    json_name(out, "next");
    for (size_t i = 0; i < e->other_count; i++) {
        const struct explanation_other *other = &e->others[i];
        buffer_put_string(out, i == 0 ? "[{" : ",{");
        json_text(out, "class", other->class_id);
        if (!amount_is_zero(other->pay))
            json_amount(out, "pay", other->pay, e->decimals);
        if (date_is_set(other->on))
            json_date(out, "on", other->on);
        buffer_put_string(out, "}");
    }
    buffer_put_string(out, "]");
}

static void write_json(struct explanation *e, enum explanation_how how, struct text value,
                       unsigned decimals)
{
    struct buffer *out = e->out;
    buffer_put_string(out, "{");
    json_text(out, "account", e->account_id);
    json_string(out, "file", e->file);
    json_number(out, "line", e->line);
    json_string(out, "row", e->row);
    json_string(out, "figure", e->figure);
    json_text(out, "value", value);
    json_string(out, "how", how_names[how]);
    json_name(out, "terms");
    buffer_put_string(out, "[");
    for (size_t i = 0; i < e->term_count; i++) {
        buffer_put_string(out, i == 0 ? "{" : ",{");
        json_term(e, &e->terms[i], how, decimals);
        buffer_put_string(out, "}");
    }
    buffer_put_string(out, "]");
    json_name(out, "rules");
    buffer_put_string(out, "[");
    for (size_t i = 0; i < e->rule_count; i++) {
        buffer_put_string(out, i == 0 ? "{" : ",{");
        json_rule(e, &e->rules[i]);
        buffer_put_string(out, "}");
    }
    buffer_put_string(out, "]");
    if (e->other_count > 0)
        json_others(e);
    json_name(out, "says");
    buffer_put_string(out, "[");
    for (size_t i = 0; i < e->say_count; i++) {
        if (i > 0)
            buffer_put_string(out, ",");
        buffer_put_json(out, text_of(e->says[i]));
    }
    buffer_put_string(out, "]}\n");
}

/* --- text --- */

/* The exact value before a rounding: as a decimal where that ends, else as a fraction beside it. */
static void put_exact(struct explanation *e, struct fraction exact, unsigned decimals)
{
    enum { MORE = 6 };
    struct arena *arena = e->arena;
    struct amount scale = amount_power10(arena, MORE);
    struct amount down =
        rounding_quotient(arena, exact.num, scale, exact.den, amount_of(1), ROUNDING_DOWN);
    bool ends = amount_compare(amount_times(arena, down, exact.den),
                               amount_times(arena, exact.num, scale)) == 0;
    size_t start = e->out->len;
    buffer_put_grouped(e->out, down, decimals + MORE);
    while (ends && e->out->len > start && e->out->bytes[e->out->len - 1] == '0')
        e->out->len--;
    if (e->out->bytes[e->out->len - 1] == '.')
        e->out->len--;
    if (!ends)
        buffer_put_string(e->out, "...");
}

static void put_product(struct explanation *e, const struct explanation_product *product,
                        unsigned decimals)
{
    buffer_put_grouped(e->out, product->base, decimals);
    if (amount_compare(product->rate.num, product->rate.den) != 0) {
        buffer_put_string(e->out, " x ");
        rule_text_put_fraction(e->out, e->arena, product->rate);
    }
    if (product->times != 1)
        buffer_printf(e->out, " x %d", product->times);
}

static void put_rounding(struct explanation *e, struct amount unit, enum rounding_mode mode,
                         unsigned decimals)
{
    buffer_printf(e->out, "rounded %.*s to a multiple of ", (int)mode_name(mode).len,
                  mode_name(mode).ptr);
    buffer_put_grouped(e->out, unit, decimals);
}

static void put_rounded(struct explanation *e, const struct explanation_rounded *rounded,
                        unsigned decimals)
{
    buffer_put_string(e->out, "\n          ");
    for (size_t i = 0; i < rounded->count; i++) {
        buffer_put_string(e->out, i == 0 ? "" : " + ");
        put_product(e, &rounded->products[i], decimals);
    }
    bool itself = rounded->count == 1 && rounded->products[0].times == 1 &&
                  amount_compare(rounded->products[0].rate.num, rounded->products[0].rate.den) == 0;
    if (!itself) {
        buffer_put_string(e->out, " = ");
        put_exact(e, explanation_exact(e->arena, rounded), decimals);
    }
    if (amount_sign(rounded->cap.den) > 0) {
        buffer_put_string(e->out, ", at most ");
        put_exact(e, rounded->cap, decimals);
    }
    buffer_put_string(e->out, ", ");
    put_rounding(e, rounded->unit, rounded->mode, decimals);
}

static void put_split(struct explanation *e, const struct explanation_split *split,
                      unsigned decimals)
{
    struct buffer *out = e->out;
    buffer_printf(out, "\n          part %u of %u of ", split->k, split->rows);
    buffer_put_grouped(out, split->whole, decimals);
    if (amount_sign(split->fixed) > 0) {
        buffer_put_string(out, ": rows of ");
        buffer_put_grouped(out, split->fixed, decimals);
        buffer_put_string(out, ", the last the rest");
        return;
    }
    struct fraction share = {amount_of(1), amount_of(split->rows)};
    if (split->shares != NULL)
        share = split->shares[split->k - 1];
    buffer_put_string(out, ": exactly ");
    put_exact(e, (struct fraction){amount_times(e->arena, split->whole, share.num), share.den},
              decimals);
    buffer_put_string(out, ", ");
    put_rounding(e, split->rounding.unit, split->rounding.mode, decimals);
    buffer_printf(out, ", what is left %s",
                  split->rounding.residual == RESIDUAL_LAST      ? "in the last row"
                  : split->rounding.residual == RESIDUAL_FIRST   ? "in the first row"
                  : split->rounding.residual == RESIDUAL_LEADING ? "unit by unit in the first rows"
                                                                 : "spread cumulatively");
}

static void put_counted(struct buffer *out, const struct explanation_counted *counted)
{
    char span[32];
    buffer_printf(out, "\n          %d x %s from ", counted->times,
                  span_text(span, counted->every));
    put_date(out, counted->anchor);
    if (counted->day == RULE_DAY_LAST)
        buffer_put_string(out, ", then the last day of the month");
    else if (counted->day != RULE_DAY_SAME)
        buffer_printf(out, ", then day %d of the month", counted->day);
}

static void put_term(struct explanation *e, const struct explanation_term *term,
                     enum explanation_how how, unsigned decimals)
{
    struct buffer *out = e->out;
    buffer_put_string(out, "    ");
    if (date_is_set(term->date)) {
        put_date(out, term->date);
        buffer_put_string(out, "  ");
    } else if (term->range != NULL) {
        buffer_put(out, term->range->class_id);
        buffer_put_string(out, "  ");
    } else if (how != EXPLANATION_GIVEN) {
        buffer_put_string(out, term->minus ? "- " : how == EXPLANATION_SUM ? "+ " : "  ");
        buffer_put_grouped(out, term->value, decimals);
        buffer_put_string(out, "  ");
    }
    buffer_put_string(out, term->what);
    if (term->at.file != NULL) {
        buffer_put_string(out, "  [");
        put_place(out, term->at);
        buffer_put_string(out, "]");
    }
    if (term->rounded != NULL)
        put_rounded(e, term->rounded, decimals);
    if (term->split != NULL)
        put_split(e, term->split, decimals);
    if (term->counted != NULL)
        put_counted(out, term->counted);
    buffer_put_string(out, "\n");
}

/* Whether the same can be said of where two rules come from. */
static bool same_source(const struct explanation_rule *a, const struct explanation_rule *b)
{
    return text_equal(a->origin.source, b->origin.source) &&
           date_equal(a->origin.version, b->origin.version) && date_equal(a->on, b->on) &&
           a->why == b->why;
}

static void put_source(struct explanation *e, const struct explanation_rule *rule)
{
    static const char *const whys[] = {"when it was agreed,", "on", "on the as-of date,"};
    struct buffer *out = e->out;
    const struct origin *origin = &rule->origin;
    buffer_put_string(out, "      by ");
    if (origin->source.len > 0) {
        buffer_put(out, origin->source);
        buffer_put_string(out, ", \"");
        buffer_put(out, origin->title);
        buffer_put_string(out, "\"; ");
    }
    buffer_put_string(out, "the version of ");
    put_date(out, origin->version);
    buffer_printf(out, ", in force %s ", whys[rule->why]);
    put_date(out, rule->on);
    buffer_put_string(out, "\n");
}

static void put_rule(struct explanation *e, const struct explanation_rule *rule)
{
    struct buffer *out = e->out;
    const struct origin *origin = &rule->origin;
    buffer_printf(out, "    rule %s: ", path_of(e, rule));
    rule_text_put(out, e->arena, rule->key, rule->value, e->decimals, false);
    buffer_put_string(out, "  [");
    if (origin->given)
        put_place(out, origin->at);
    else
        buffer_put_string(out, "default");
    if (date_is_set(origin->amended)) {
        buffer_put_string(out, ", amended from ");
        put_date(out, origin->amended);
    }
    buffer_put_string(out, "]\n");
}

/* One line of where they come from for rules of which it is the same. */
static void put_rules(struct explanation *e)
{
    for (size_t i = 0; i < e->rule_count; i++) {
        put_rule(e, &e->rules[i]);
        if (i + 1 == e->rule_count || !same_source(&e->rules[i], &e->rules[i + 1]))
            put_source(e, &e->rules[i]);
    }
}

static void put_other(struct explanation *e, const struct explanation_other *other)
{
    struct buffer *out = e->out;
    buffer_put_string(out, "    ");
    if (!amount_is_zero(other->pay)) {
        buffer_put_grouped(out, other->pay, e->decimals);
        buffer_put_string(out, " more paid on ");
        put_date(out, e->as_of);
        buffer_put_string(out, " would have made it ");
        buffer_put(out, other->class_id);
    } else {
        buffer_put_string(out, "if nothing is paid it becomes ");
        buffer_put(out, other->class_id);
        buffer_put_string(out, " on ");
        put_date(out, other->on);
    }
    buffer_put_string(out, "\n");
}

static void write_text(struct explanation *e, enum explanation_how how, struct text value,
                       unsigned decimals)
{
    static const char *const heads[] = {
        [EXPLANATION_LEAST] = "the least of\n",
        [EXPLANATION_LARGEST] = "the largest of\n",
        [EXPLANATION_CLASS] = "the worst of\n",
        [EXPLANATION_QUOTIENT] = "the first divided by the second\n",
        [EXPLANATION_DAYS] = "the days from the first date to the second\n",
        [EXPLANATION_WORDS] = NULL,
    };
    struct buffer *out = e->out;
    if (e->account_id.len > 0) {
        buffer_put(out, e->account_id);
        buffer_put_string(out, " ");
    }
    buffer_put_string(out, e->file);
    if (e->row[0] != '\0')
        buffer_printf(out, " [%s]", e->row);
    buffer_printf(out, " %s = ", e->figure);
    if (value.len == 0)
        buffer_put_string(out, "(empty)");
    buffer_put(out, value);
    buffer_put_string(out, "\n");
    if (heads[how] != NULL && e->term_count > 1)
        buffer_printf(out, "    %s", heads[how]);
    for (size_t i = 0; i < e->term_count; i++)
        put_term(e, &e->terms[i], how, decimals);
    for (size_t i = 0; i < e->say_count; i++)
        buffer_printf(out, "    %s\n", e->says[i]);
    for (size_t i = 0; i < e->other_count; i++)
        put_other(e, &e->others[i]);
    put_rules(e);
}

void explanation_write(struct explanation *e, enum explanation_how how, struct text value,
                       unsigned decimals, bool empty)
{
    if (e->wanted->brief && (empty || how == EXPLANATION_GIVEN))
        return;
    e->written++;
    if (e->wanted->json)
        write_json(e, how, value, decimals);
    else
        write_text(e, how, value, decimals);
}
