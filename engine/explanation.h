/*
 * Why a figure is what it is: terms that make it up, the rules that say so, and sentences; as text
 * for people and as JSON for whoever recomputes it.
 *
 * An explanation that does not recompute to its figure is never given: explanation_end() recomputes
 * it from its own terms and says so when it differs, which is a fault in nol itself.
 */
#ifndef NOL_EXPLANATION_H
#define NOL_EXPLANATION_H

#include "buffer.h"
#include "event.h"
#include "origin.h"
#include "rounding.h"
#include "split.h"

enum { EXPLANATION_RATE_DECIMALS = 6 };

/* How a figure follows from its terms. */
enum explanation_how {
    EXPLANATION_GIVEN,    /* it stands in the book or in the options, where its one term says */
    EXPLANATION_SUM,      /* the signed terms */
    EXPLANATION_LEAST,    /* the smallest of them; of dates the earliest */
    EXPLANATION_LARGEST,  /* the largest of them */
    EXPLANATION_QUOTIENT, /* the first term / the second, rounded half-even to 6 decimals */
    EXPLANATION_DATE,     /* the first term's date, moved on by each of the others to theirs */
    EXPLANATION_DAYS,     /* the first term's date to the second's, less the sum of the others */
    EXPLANATION_CLASS,    /* the worst class of the terms */
    EXPLANATION_WORDS,    /* a word for what the terms, if any, and sentences say */
};

/* What an amount is rounded from, once: the sum of base x rate x times, at most the cap. */
struct explanation_product {
    struct amount base;
    struct fraction rate;
    int32_t times;
};

struct explanation_rounded {
    const struct explanation_product *products;
    size_t count;
    struct fraction cap; /* den 0: none */
    struct amount unit;
    enum rounding_mode mode;
};

/* The part of one row when an amount is divided over several. */
struct explanation_split {
    struct amount whole;
    unsigned rows, k;              /* row k, from 1 */
    const struct fraction *shares; /* by row, of one denominator; NULL: equal */
    struct amount fixed;           /* > 0: rows of this amount, the last row the rest */
    struct split_rounding rounding;
};

/* A date counted from another one: ${times} spans in one step, then its day of the month. */
struct explanation_counted {
    struct date anchor;
    struct span every;
    int32_t times;
    int32_t day; /* RULE_DAY_SAME, 1..31, RULE_DAY_LAST */
    enum date_missing_day missing;
};

/* A class with the range that a number lies in. */
struct explanation_range {
    struct text class_id;
    int32_t index;
    int32_t number;
    int32_t from, upto; /* upto RULE_RANGE_OPEN: open; from > upto: no range, but for a reason */
};

/* One term.  Members that are zero or NULL mean nothing. */
struct explanation_term {
    bool minus;
    struct amount value; /* money, or whatever the figure counts; of dates its day */
    const char *what;    /* in words */
    struct place at;     /* where it stands in the book */
    const char *column;
    const struct event *event; /* that it is of */
    const char *row, *figure;  /* a figure of the same account, or of a row of its schedule */
    struct text account;       /* of a group: whose part it is; empty: nobody's */
    struct date date;          /* DATE_NONE: none */
    const struct explanation_rounded *rounded;
    const struct explanation_split *split;
    const struct explanation_counted *counted;
    const struct explanation_range *range;
};

/* What would have had to be different. */
struct explanation_other {
    struct text class_id;
    struct amount pay; /* more on the as-of date; 0: none */
    struct date on;    /* DATE_NONE, or the day on which it comes if nothing is paid */
};

/* Why a version of a rule applies. */
enum explanation_why {
    EXPLANATION_AS_SIGNED,   /* in force when the account was agreed */
    EXPLANATION_AS_HAPPENED, /* on the day of what it rules */
    EXPLANATION_AS_REPORTED, /* on the as-of date */
};

struct explanation_rule {
    enum rule_key key;
    const struct rule_scope *item; /* NULL: no element of a list */
    const struct rule_value *value;
    struct origin origin;
    struct date on;
    enum explanation_why why;
};

/* Which cells are wanted, and how. */
struct explanation_wanted {
    const char *file;   /* NULL: of any file */
    const char *figure; /* NULL: any */
    const char *row;    /* NULL: any */
    bool brief;         /* not what is zero, empty or copied from the book */
    bool json;
};

/* Writes one explanation after the other. */
struct explanation {
    struct buffer *out;
    const struct explanation_wanted *wanted;
    const char *broken; /* NULL: all recompute; else the figure that does not */
    size_t written;     /* so many, of the account at hand */
    /* Of the account at hand: */
    struct arena *arena;
    struct text account_id;
    const struct program *program;
    unsigned decimals; /* of the currency */
    struct date agreed, as_of;
    /* Of the figure at hand: */
    const char *file, *row, *figure;
    unsigned line; /* among the account's lines of the file, from 1 */
    struct explanation_term *terms;
    size_t term_count, term_room;
    struct explanation_rule *rules;
    size_t rule_count, rule_room;
    const char **says;
    size_t say_count, say_room;
    struct explanation_other *others;
    size_t other_count, other_room;
};

/** explanation_account(e, arena, account_id, program, agreed): what follows is of this account. */
void explanation_account(struct explanation *e, struct arena *arena, struct text account_id,
                         const struct program *program, struct date agreed);

/**
 * explanation_begin(e, file, line, row, figure):
 * A figure of the account at hand; false when it is not wanted.  ${row} names the line for people:
 * its n, month, tranche or event; empty: there is one.
 */
bool explanation_begin(struct explanation *e, const char *file, unsigned line, const char *row,
                       const char *figure);

/** explanation_text(e, format, ...): words that belong to the arena of the account. */
const char *explanation_text(struct explanation *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** explanation_money(e, amount), explanation_day(e, date): as text for people, the same way. */
const char *explanation_money(struct explanation *e, struct amount amount);
const char *explanation_day(struct explanation *e, struct date date);

/** explanation_term(e, value, format, ...): one more term, in words; valid until the next. */
struct explanation_term *explanation_term(struct explanation *e, struct amount value,
                                          const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** explanation_minus(e, value, format, ...): the same, to be taken off. */
struct explanation_term *explanation_minus(struct explanation *e, struct amount value,
                                           const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** explanation_dated(e, date, format, ...): a term that is a date. */
struct explanation_term *explanation_dated(struct explanation *e, struct date date,
                                           const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** explanation_ranged(e, range, format, ...): a term that is a class; ${range} is copied. */
void explanation_ranged(struct explanation *e, const struct explanation_range *range,
                        const char *format, ...) __attribute__((format(printf, 3, 4)));

/** explanation_of_rounded(e, term, rounded), ...: what a term comes from; it is copied, the lists
 * that it points to are not.  explanation_of_share(): a single product, rounded to the unit and by
 * the mode of ${rounding}. */
void explanation_of_rounded(struct explanation *e, struct explanation_term *term,
                            const struct explanation_rounded *rounded);
void explanation_of_share(struct explanation *e, struct explanation_term *term, struct amount base,
                          struct fraction rate, struct split_rounding rounding);
void explanation_of_split(struct explanation *e, struct explanation_term *term,
                          const struct explanation_split *split);
void explanation_of_counted(struct explanation *e, struct explanation_term *term,
                            const struct explanation_counted *counted);

/**
 * explanation_rule(e, key, date): a rule of the account's program in the version in force on
 * ${date}, as what binds has it: DATE_NONE: that of the agreement.
 * explanation_item(e, key, item, date): the same of a list's element.
 */
void explanation_rule(struct explanation *e, enum rule_key key, struct date date);
void explanation_item(struct explanation *e, enum rule_key key, const struct rule_scope *item,
                      struct date date);

/** explanation_say(e, format, ...): a sentence. */
void explanation_say(struct explanation *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** explanation_next(e, other): what would have led to another class; it is copied. */
void explanation_next(struct explanation *e, const struct explanation_other *other);

/** explanation_end_money(), _count(), _date(), _rate(), _words(): the figure's value, as its file
 * has it: recompute and write it. */
void explanation_end_money(struct explanation *e, enum explanation_how how, struct amount value);
void explanation_end_count(struct explanation *e, enum explanation_how how, int64_t value);
void explanation_end_date(struct explanation *e, enum explanation_how how, struct date value);
void explanation_end_rate(struct explanation *e, struct amount value); /* a quotient */
void explanation_end_words(struct explanation *e, enum explanation_how how, struct text value);

/** explanation_given(e, file, line, row, figure, value, at, column): all of a cell that is copied
 * from column ${column} of the book at ${at}. */
void explanation_given(struct explanation *e, const char *file, unsigned line, const char *row,
                       const char *figure, struct text value, struct place at, const char *column);

/** explanation_exact(arena, rounded): the sum of the products, before the cap;
 * explanation_rounded_value(): after cap and rounding. */
struct fraction explanation_exact(struct arena *arena, const struct explanation_rounded *rounded);
struct amount explanation_rounded_value(struct arena *arena,
                                        const struct explanation_rounded *rounded);

/** explanation_counted_date(counted): the date that it comes to. */
struct date explanation_counted_date(const struct explanation_counted *counted);

/** explanation_write(e, how, value, decimals, empty): the figure at hand, recomputed, as text or
 * JSON; ${decimals}: of its terms; ${empty}: zero, or none. */
void explanation_write(struct explanation *e, enum explanation_how how, struct text value,
                       unsigned decimals, bool empty);

#endif
