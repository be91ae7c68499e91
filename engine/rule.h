/*
 * The rule language: a tree of texts, read by the table in rule_keys.def, becomes typed values.
 */
#ifndef NOL_RULE_H
#define NOL_RULE_H

#include "date.h"
#include "fraction.h"
#include "yaml_read.h"

enum rule_key {
#define RULE(id, path, type, need, bind, fallback, allowed, meaning) RULE_##id,
#include "rule_keys.def"
#undef RULE
    RULE_KEYS
};

enum rule_type {
    RULE_TYPE_MAP,           /* a map of keys of this table */
    RULE_TYPE_LIST,          /* a list of such maps, or of values of the key LIST[] */
    RULE_TYPE_NAMED,         /* a map of such maps, or of values of the key NAME.*, under names of
                                the file's own */
    RULE_TYPE_NODE,          /* any value, left as it is */
    RULE_TYPE_COLUMNS,       /* a map of columns of a CSV file, left as it is */
    RULE_TYPE_TEXT,          /* up to 200 bytes */
    RULE_TYPE_ID,            /* 1..64 bytes without blanks */
    RULE_TYPE_CODE,          /* three capital letters */
    RULE_TYPE_CHOICE,        /* one of the allowed words */
    RULE_TYPE_CHOICE_OR_MAP, /* one of the allowed words, or a map of keys of this table */
    RULE_TYPE_ORDER,         /* a list with each of the allowed words once */
    RULE_TYPE_WORDS,         /* a set of the allowed words, as a list */
    RULE_TYPE_SOME,          /* a list of some of the allowed words, none twice */
    RULE_TYPE_IDS,           /* a list of ids */
    RULE_TYPE_TEXTS,         /* a list of texts */
    RULE_TYPE_FLAG,          /* true or false */
    RULE_TYPE_COUNT,         /* a whole number in the allowed range */
    RULE_TYPE_COUNT_OR_MAP,  /* such a number, or a map of keys of this table */
    RULE_TYPE_AMOUNT,        /* of the file's currency; underscores between digits */
    RULE_TYPE_AMOUNT_OR_MAP, /* such an amount, or a map of keys of this table */
    RULE_TYPE_AMOUNT_OR_FRACTION, /* a fraction where it has a % or a /, else an amount */
    RULE_TYPE_FRACTIONS,          /* a list of fractions */
    RULE_TYPE_FRACTION,           /* `0.5%`, `1/3` */
    RULE_TYPE_SPAN,               /* `6 months` */
    RULE_TYPE_SPAN_OR_MAP,        /* such a span, or a map of keys of this table */
    RULE_TYPE_DATE_OR_SPAN,       /* either */
    RULE_TYPE_RANGE,              /* `0..90`, `271..` */
    RULE_TYPE_DATE,               /* YYYY-MM-DD */
    RULE_TYPE_DAY,                /* `same`, 1..31, `last` */
    RULE_TYPE_SOURCE,             /* an entry of sources, then free text */
    RULE_TYPE_DATE_NAME,          /* `agreed`, `last.paid`, or the date of a tranche or report:
                                     `T1.paid`, `R1.submitted`, `R1.accepted` */
    RULE_TYPE_CHOICE_OR_AMOUNT,   /* one of the allowed words, or an amount */
    RULE_TYPE_CHOICE_OR_FRACTION, /* one of the allowed words, or a fraction */
    RULE_TYPE_CONDITION,          /* the word `agreement`, or a map of the keys condition.* */
    RULE_TYPE_CONDITIONS,         /* a list of conditions */
};

enum rule_bind {
    RULE_BIND_NONE,
    RULE_BIND_AGREEMENT,
    RULE_BIND_EVENT,
    RULE_BIND_REPORT,
    RULE_BINDS
};

/* Kinds of programs, a set. */
enum rule_of { RULE_OF_LOANS = 1, RULE_OF_GRANTS = 2, RULE_OF_ALL = 3 };

/* In the order of the allowed words of `kind`. */
enum rule_program { RULE_LOAN, RULE_GRANT };

enum rule_date_name {
    RULE_DATE_AGREED,
    RULE_DATE_LAST_PAID,
    RULE_DATE_PAID,      /* first payment of a tranche */
    RULE_DATE_SUBMITTED, /* these two of a report */
    RULE_DATE_ACCEPTED,
};

struct rule_row {
    const char *id;
    const char *path;
    enum rule_type type;
    unsigned of;       /* the kinds of programs that take it */
    unsigned required; /* the kinds that must have it, where the map around it is given */
    enum rule_bind bind;
    const char *fallback;
    const char *allowed;
    const char *meaning;
};

enum {
    RULE_DAY_SAME = 0,
    RULE_DAY_LAST = 32,
    RULE_RANGE_OPEN = INT32_MAX,
    RULE_ORDER_MAX = 5,
    RULE_INSTALLMENTS_MAX = 4000, /* as schedule.installments allows */
    RULE_OTHER_DECIMALS = 4,      /* as many as currency.decimals allows */
};

struct rule_scope;
struct calendar;

/* One value.  Which members mean something follows from the key's type. */
struct rule_value {
    bool set;   /* given in the file, or by the default */
    bool given; /* given in the file */
    struct place at;
    const struct yaml_node *node; /* in the file, well or not; NULL: absent */
    struct text text;             /* TEXT, ID, CODE, SOURCE; of every scalar as written */
    int32_t number;       /* COUNT, FLAG, DAY; CHOICE: index among the allowed; -1: a map instead,
                             or an amount; WORDS: a bit for each of the allowed; DATE_NAME: enum
                             rule_date_name */
    struct amount amount; /* AMOUNT, in minor units */
    struct fraction fraction; /* FRACTION; AMOUNT_OR_FRACTION: den 0 where it is an amount */
    const struct fraction *fractions; /* FRACTIONS: of one denominator */
    struct span span;                 /* SPAN */
    int32_t from, upto;               /* RANGE, both included */
    struct date date;                 /* DATE; DATE_OR_SPAN: DATE_NONE where it is a span */
    uint8_t order[RULE_ORDER_MAX];    /* ORDER, SOME: indexes among the allowed */
    unsigned count; /* LIST, NAMED, IDS, TEXTS, FRACTIONS, ORDER, SOME, CONDITIONS */
    const struct rule_scope **items; /* LIST, NAMED, CONDITIONS; CONDITION: one, nothing set in it
                                        where it is the word */
    const struct calendar *calendar; /* schedule.due.calendar, as the program was read */
    const struct text *ids;          /* IDS, TEXTS; DATE_NAME: the tranche's or report's, one */
};

/* The values of the keys that stand directly or in maps below one root, one list element or one
 * name. */
struct rule_scope {
    struct text name; /* of a NAMED entry */
    struct place at;
    struct rule_value value[RULE_KEYS];
};

/* What reading needs to know beside the text. */
struct rule_context {
    struct arena *arena;
    struct faults *faults;
    unsigned of;                      /* the kind of the program, enum rule_of */
    unsigned decimals;                /* of the currency */
    const struct rule_value *sources; /* for SOURCE; NULL while they are read */
};

/** rule_row(key): the table's row. */
const struct rule_row *rule_row(enum rule_key key);

/** rule_find(path): the key with exactly this path, RULE_KEYS if there is none. */
enum rule_key rule_find(struct text path);

/** rule_is_below(path, parent): whether path is parent plus exactly one name, or one name for
 * parent "". */
bool rule_is_below(const char *path, struct text parent);

/** rule_allowed(key, index): the word at ${index} of the key's allowed words, len 0 beyond the
 * last. */
struct text rule_allowed(enum rule_key key, unsigned index);

/**
 * rule_parse_value(context, key, node, out):
 * Read ${node} by the type of ${key} (the keys below a MAP, LIST or NAMED are left out).  Adds a
 * fault and returns false when it does not fit; ${out} is untouched then.
 */
bool rule_parse_value(struct rule_context *context, enum rule_key key, const struct yaml_node *node,
                      struct rule_value *out);

/**
 * rule_compile(arena, root, faults):
 * Read a whole rule file's tree.  The scope belongs to ${arena} and is complete only when no fault
 * was added. NULL when the file is no rule file at all.
 */
struct rule_scope *rule_compile(struct arena *arena, const struct yaml_node *root,
                                struct faults *faults);

/** rule_compile_other(arena, root, prefix, faults): the same for the tree of another kind of file,
 * whose keys stand in the table below ${prefix}: `calendar`, `reform`, `assume`, `tests`; never
 * NULL. Its amounts, of whatever currency, have RULE_OTHER_DECIMALS decimals. */
struct rule_scope *rule_compile_other(struct arena *arena, const struct yaml_node *root,
                                      const char *prefix, struct faults *faults);

static inline bool rule_is_set(const struct rule_scope *rules, enum rule_key key)
{
    return rules->value[key].set;
}

static inline int32_t rule_number(const struct rule_scope *rules, enum rule_key key)
{
    return rules->value[key].number;
}

static inline struct amount rule_amount(const struct rule_scope *rules, enum rule_key key)
{
    return rules->value[key].amount;
}

#endif
