/*
 * gen_book LOANS ROWS REPAYS SORTED|SHUFFLED FOLDER
 *
 * A book of any size for measuring: FOLDER/loans.csv, FOLDER/events.csv and three programs in
 * FOLDER/rules, the same bytes on every machine.  Each loan has ROWS installments and REPAYS
 * payments, some late, some in advance, some in part; a few payments are reversed and a few loans
 * written off.  Sorted by account_id, then date, unless SHUFFLED.
 *
 * What a loan is follows from its number alone, so that nothing is remembered: ten million loans
 * take no more memory than ten, and shuffled files are written line by line in the order of a
 * permutation that is computed, too.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { ROWS_MAX = 600, REPAYS_MAX = 600, EVENTS_MAX = REPAYS_MAX + 2 };

static void fail(const char *what)
{
    fprintf(stderr, "gen_book: %s\n", what);
    exit(1);
}

/* --- chance (splitmix64), begun anew for every loan --- */

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t chance(uint64_t *state, uint64_t below)
{
    return mix(*state += 0x9e3779b97f4a7c15u) % below;
}

/* --- the order of lines: as numbered, or shuffled --- */

struct order {
    uint64_t count;
    uint64_t key; /* 0: as numbered */
    unsigned half_bits;
};

static struct order order_of(uint64_t count, bool shuffled, uint64_t key)
{
    struct order order = {count, shuffled ? key : 0, 1};
    while (order.half_bits < 31 && UINT64_C(1) << 2 * order.half_bits < count)
        order.half_bits++;
    return order;
}

/* The number whose turn it is: a Feistel network permutes a power of four not below the count, and
 * is applied again where it leaves the count, so that every number below it has one turn. */
static uint64_t order_at(const struct order *order, uint64_t turn)
{
    uint64_t mask = (UINT64_C(1) << order->half_bits) - 1;
    if (order->key == 0)
        return turn;
    do {
        uint64_t left = turn >> order->half_bits, right = turn & mask;
        for (uint64_t round = 1; round <= 4; round++) {
            uint64_t next = left ^ (mix(right + (order->key + round) * 0x9e3779b97f4a7c15u) & mask);
            left = right;
            right = next;
        }
        turn = left << order->half_bits | right;
    } while (turn >= order->count);
    return turn;
}

/* --- dates --- */

struct day {
    unsigned year, month, day;
};

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static struct day day_after_months(struct day from, unsigned months)
{
    unsigned count = from.year * 12 + from.month - 1 + months;
    struct day at = {count / 12, count % 12 + 1, from.day};
    if (at.day > days_in(at.year, at.month))
        at.day = days_in(at.year, at.month);
    return at;
}

static struct day day_after(struct day at, unsigned days)
{
    for (at.day += days; at.day > days_in(at.year, at.month);) {
        at.day -= days_in(at.year, at.month);
        if (++at.month > 12) {
            at.month = 1;
            at.year++;
        }
    }
    return at;
}

static uint32_t day_rank(struct day at)
{
    return (at.year * 12 + at.month) * 31 + at.day;
}

/* --- a line, and the file it goes to --- */

enum { LINE_MAX_BYTES = 256, OUTPUT_BUFFER_BYTES = 1 << 20 };

struct line {
    char bytes[LINE_MAX_BYTES];
    size_t len;
};

static void put_text(struct line *line, const char *text)
{
    size_t len = strlen(text);
    if (len > sizeof line->bytes - line->len)
        fail("a line is too long");
    memcpy(line->bytes + line->len, text, len);
    line->len += len;
}

/* With zeros before it up to ${width} digits. */
static void put_number(struct line *line, uint64_t number, unsigned width)
{
    char digits[24];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0 || sizeof digits - 1 - at < width);
    put_text(line, digits + at);
}

static void put_day(struct line *line, struct day day)
{
    put_number(line, day.year, 4);
    put_text(line, "-");
    put_number(line, day.month, 2);
    put_text(line, "-");
    put_number(line, day.day, 2);
}

/* Minor units as the file has them. */
static void put_amount(struct line *line, uint64_t minor, unsigned decimals)
{
    put_number(line, decimals == 0 ? minor : minor / 100, 1);
    if (decimals > 0) {
        put_text(line, ".");
        put_number(line, minor % 100, 2);
    }
}

static void put_id(struct line *line, const char *letter, uint64_t number, unsigned width)
{
    put_text(line, letter);
    put_number(line, number, width);
}

static FILE *file_open(const char *folder, const char *name)
{
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = len < 0 || (size_t)len >= sizeof path ? NULL : fopen(path, "w");
    if (file == NULL || setvbuf(file, NULL, _IOFBF, OUTPUT_BUFFER_BYTES) != 0)
        fail("cannot write into the folder");
    return file;
}

static void file_close(FILE *file)
{
    if (ferror(file) || fclose(file) != 0)
        fail("cannot write");
}

/* --- the programs --- */

struct program {
    const char *id;
    const char *code;
    const char *unit, *mode, *residual;
    const char *grace; /* a line of the rules */
    const char *excess;
    unsigned decimals;
    unsigned grace_months; /* before row 1 */
    uint64_t least;        /* of an installment, in whole units of the currency */
};

static const struct program programs[] = {
    {"modal-usaha", "IDR", "1_000", "down", "last",
     "  grace: {length: 3 months, place: before-term}\n", "hold", 0, 3, 10000},
    {"pasar-rakyat", "IDR", "500", "down", "leading", "", "next", 0, 0, 10000},
    {"venture", "USD", "0.01", "half-even", "last", "", "last", 2, 0, 10},
};

enum { PROGRAMS = sizeof programs / sizeof *programs };

static void program_write(const struct program *program, unsigned rows, const char *folder)
{
    char name[64];
    (void)snprintf(name, sizeof name, "rules/%s.yaml", program->id);
    FILE *file = file_open(folder, name);
    fprintf(file,
            "nol: rules/1\n"
            "kind: loan\n"
            "id: %s\n"
            "title: Program for measuring\n"
            "status: illustrative\n"
            "currency: {code: %s, decimals: %u}\n"
            "in_force: 1970-01-01\n"
            "principal: {min: %" PRIu64 ", max: %" PRIu64 "}\n"
            "schedule:\n"
            "  installments: %u\n"
            "  every: 1 month\n"
            "%s"
            "  due: {anchor: disbursed, missing_day: last-of-month}\n"
            "  split: equal\n"
            "  rounding: {unit: %s, %s%s%sresidual: %s}\n"
            "allocation: {excess: %s}\n"
            "arrears:\n"
            "  count_from: day-after-due\n"
            "  classes:\n"
            "    - {id: current, range: 0..30, provision: 1%%}\n"
            "    - {id: watch, range: 31..90, provision: 10%%}\n"
            "    - {id: doubtful, range: 91..180, provision: 1/2}\n"
            "    - {id: loss, range: 181.., provision: 100%%}\n"
            "  non_performing: [doubtful, loss]\n"
            "  provision: {less: collateral, less_not_for: [current], rounding: {unit: %s, mode: "
            "half-up}}\n",
            program->id, program->code, program->decimals, program->least * rows,
            program->least * 1000 * rows, rows, program->grace, program->unit,
            strcmp(program->residual, "leading") == 0 ? "" : "mode: ",
            strcmp(program->residual, "leading") == 0 ? "" : program->mode,
            strcmp(program->residual, "leading") == 0 ? "" : ", ", program->residual,
            program->excess, program->decimals == 0 ? "1" : "0.01");
    file_close(file);
}

/* --- a loan and what happens to it --- */

static const char *const sectors[] = {"trade",   "food",      "batik", "fishery",
                                      "farming", "transport", "crafts"};

enum {
    DISTRICTS = 24,
    SECTORS = sizeof sectors / sizeof *sectors,
    BOOK_MONTH = 2026 * 12 + 5, /* June 2026, in which or before which the last payment is due */
};

struct shape {
    uint64_t loans;
    unsigned rows, repays;
};

struct loan {
    uint64_t account; /* from 1 */
    const struct program *program;
    uint64_t principal, collateral; /* in minor units */
    struct day disbursed;
    uint64_t borrower;
    unsigned district, sector;
    uint64_t chance; /* for its events */
};

enum event_type { REPAY, REVERSE, WRITE_OFF };

struct event {
    enum event_type type;
    struct day at;
    uint64_t amount; /* of a repay */
};

static struct loan loan_of(const struct shape *shape, uint64_t account)
{
    uint64_t state = mix(account + UINT64_C(20061001));
    struct loan loan = {.account = account, .program = &programs[chance(&state, PROGRAMS)]};
    uint64_t scale = loan.program->decimals == 0 ? 1 : 100;
    uint64_t least = loan.program->least * shape->rows * scale;
    unsigned month = BOOK_MONTH - shape->repays - loan.program->grace_months;
    month -= (unsigned)chance(&state, 12);
    loan.principal = least + chance(&state, least * 500);
    loan.disbursed = (struct day){month / 12, month % 12 + 1, 1};
    loan.disbursed.day +=
        (unsigned)chance(&state, days_in(loan.disbursed.year, loan.disbursed.month));
    loan.collateral = chance(&state, 3) == 0 ? loan.principal / 3 : 0;
    loan.borrower = chance(&state, 10000000);
    loan.sector = (unsigned)chance(&state, SECTORS);
    loan.district = 1 + (unsigned)chance(&state, DISTRICTS);
    loan.chance = state;
    return loan;
}

/* What is paid of an installment: most pay it, some a part, some several at once. */
static uint64_t part_paid(uint64_t *state, uint64_t installment)
{
    uint64_t kind = chance(state, 20);
    if (kind == 0)
        return installment / 2 + 1;
    if (kind == 1)
        return installment * (2 + chance(state, 3));
    return installment;
}

/* The loan's events in order of date; how many. */
static unsigned events_of(const struct shape *shape, const struct loan *loan,
                          struct event events[EVENTS_MAX])
{
    uint64_t state = loan->chance, paid = 0, installment = loan->principal / shape->rows;
    uint64_t lateness = chance(&state, 10); /* 0..5 on time, 6..7 days late, 8..9 months late */
    struct day last = loan->disbursed;
    unsigned count = 0;
    while (count < shape->repays) {
        struct day at = day_after_months(loan->disbursed, loan->program->grace_months + count + 1);
        if (lateness > 5)
            at = day_after(at, (unsigned)chance(&state, lateness > 7 ? 120 : 20));
        if (day_rank(at) > day_rank(last))
            last = at;
        uint64_t amount = part_paid(&state, installment);
        paid += amount;
        events[count++] = (struct event){REPAY, last, amount};
    }
    if (count > 0 && chance(&state, 100) == 0) {
        last = day_after(last, 1);
        events[count++] = (struct event){REVERSE, last, 0};
    }
    if (paid + installment < installment * shape->rows && chance(&state, 100) == 0)
        events[count++] = (struct event){WRITE_OFF, day_after(last, 200), 0};
    return count;
}

/* --- the book --- */

static void write_loan(FILE *file, const struct loan *loan)
{
    struct line line = {.len = 0};
    put_id(&line, "L", loan->account, 8);
    put_text(&line, ",");
    put_text(&line, loan->program->id);
    put_id(&line, ",B", loan->borrower, 7);
    put_text(&line, ",");
    put_amount(&line, loan->principal, loan->program->decimals);
    put_text(&line, ",");
    put_day(&line, loan->disbursed);
    put_id(&line, ",district-", loan->district, 2);
    put_text(&line, ",");
    put_text(&line, sectors[loan->sector]);
    put_text(&line, ",");
    if (loan->collateral > 0)
        put_amount(&line, loan->collateral, loan->program->decimals);
    put_text(&line, "\n");
    (void)fwrite(line.bytes, 1, line.len, file);
}

/* ${id} is the event's number in the whole book; a reverse is of the event before it. */
static void write_event(FILE *file, const struct loan *loan, const struct event *event, uint64_t id)
{
    static const char *const types[] = {",repay,", ",reverse,", ",write-off,"};
    struct line line = {.len = 0};
    put_id(&line, "E", id, 9);
    put_id(&line, ",L", loan->account, 8);
    put_text(&line, ",");
    put_day(&line, event->at);
    put_text(&line, types[event->type]);
    if (event->type == REPAY)
        put_amount(&line, event->amount, loan->program->decimals);
    put_text(&line, ",");
    if (event->type == REVERSE)
        put_id(&line, "E", id - 1, 9);
    put_text(&line, "\n");
    (void)fwrite(line.bytes, 1, line.len, file);
}

static void write_loans(const struct shape *shape, bool shuffled, const char *folder)
{
    struct order order = order_of(shape->loans, shuffled, 1);
    FILE *file = file_open(folder, "loans.csv");
    fputs("account_id,program,borrower_id,principal,disbursed,district,sector,collateral\n", file);
    for (uint64_t turn = 0; turn < shape->loans; turn++) {
        struct loan loan = loan_of(shape, 1 + order_at(&order, turn));
        write_loan(file, &loan);
    }
    file_close(file);
}

/* Each loan has the same number of places for events, not all of them taken. */
static void write_events(const struct shape *shape, bool shuffled, const char *folder)
{
    static struct event events[EVENTS_MAX];
    uint64_t places = shape->repays + 2;
    struct order order = order_of(shape->loans * places, shuffled, 2);
    FILE *file = file_open(folder, "events.csv");
    fputs("event_id,account_id,date,type,amount,ref\n", file);
    for (uint64_t turn = 0; turn < order.count;) {
        uint64_t place = order_at(&order, turn);
        struct loan loan = loan_of(shape, 1 + place / places);
        unsigned count = events_of(shape, &loan, events);
        /* In order the whole loan at once, else this one event. */
        unsigned first = shuffled ? (unsigned)(place % places) : 0;
        unsigned end = shuffled && first < count ? first + 1 : count;
        for (unsigned i = first; i < end; i++)
            write_event(file, &loan, &events[i], place - place % places + i + 1);
        turn += shuffled ? 1 : places;
    }
    file_close(file);
}

static unsigned number(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value > 99999999)
        fail("not a number below 100,000,000");
    return (unsigned)value;
}

static void make_folder(const char *folder, const char *below)
{
    char path[4096];
    int len = snprintf(path, sizeof path, "%s%s", folder, below);
    if (len < 0 || (size_t)len >= sizeof path)
        fail("the folder's name is too long");
    (void)mkdir(path, 0777); /* what follows fails if it is not there then */
}

int main(int argc, char **argv)
{
    if (argc != 6 || (strcmp(argv[4], "SORTED") != 0 && strcmp(argv[4], "SHUFFLED") != 0)) {
        fputs("usage: gen_book LOANS ROWS REPAYS SORTED|SHUFFLED FOLDER\n", stderr);
        return 2;
    }
    struct shape shape = {number(argv[1]), number(argv[2]), number(argv[3])};
    bool shuffled = strcmp(argv[4], "SHUFFLED") == 0;
    const char *folder = argv[5];
    if (shape.rows == 0 || shape.rows > ROWS_MAX || shape.repays > REPAYS_MAX)
        fail("a loan has 1 to 600 rows and at most 600 payments");
    make_folder(folder, "");
    make_folder(folder, "/rules");
    for (unsigned i = 0; i < PROGRAMS; i++)
        program_write(&programs[i], shape.rows, folder);
    write_loans(&shape, shuffled, folder);
    write_events(&shape, shuffled, folder);
    return 0;
}
