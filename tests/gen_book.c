/*
 * gen_book LOANS ROWS REPAYS SORTED|SHUFFLED FOLDER
 *
 * A book of any size for measuring: FOLDER/loans.csv, FOLDER/events.csv and three programs in
 * FOLDER/rules, the same bytes on every machine.  Each loan has ROWS installments and REPAYS
 * payments, some late, some in advance, some in part; a few payments are reversed and a few loans
 * written off.  Sorted by account_id, then date, unless SHUFFLED.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_MAX_BYTES = 256 };

static void fail(const char *what)
{
    fprintf(stderr, "gen_book: %s\n", what);
    exit(1);
}

/* --- chance (splitmix64) --- */

static uint64_t chance_state = 20061001;

static uint64_t chance(uint64_t below)
{
    uint64_t z = chance_state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % below;
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

/* --- lines of a file, in memory until they are shuffled or not --- */

struct lines {
    char *bytes;
    size_t len, room;
    size_t *starts;
    size_t count, starts_room;
};

static void *bigger(void *block, size_t size)
{
    void *more = realloc(block, size);
    if (more == NULL)
        fail("out of memory");
    return more;
}

__attribute__((format(printf, 2, 3))) static void lines_add(struct lines *lines, const char *format,
                                                            ...)
{
    va_list arguments;
    if (lines->room - lines->len < LINE_MAX_BYTES)
        lines->bytes = bigger(lines->bytes, lines->room = lines->room * 2 + 65536);
    if (lines->count == lines->starts_room) {
        lines->starts_room = lines->starts_room * 2 + 1024;
        lines->starts = bigger(lines->starts, lines->starts_room * sizeof *lines->starts);
    }
    lines->starts[lines->count++] = lines->len;
    va_start(arguments, format);
    int len = vsnprintf(lines->bytes + lines->len, LINE_MAX_BYTES, format, arguments);
    va_end(arguments);
    if (len < 0 || len >= LINE_MAX_BYTES)
        fail("a line is too long");
    lines->len += (size_t)len;
}

static void lines_shuffle(struct lines *lines)
{
    for (size_t i = lines->count; i > 1; i--) {
        size_t other = chance(i), start = lines->starts[i - 1];
        lines->starts[i - 1] = lines->starts[other];
        lines->starts[other] = start;
    }
}

static FILE *file_open(const char *folder, const char *name)
{
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = len < 0 || (size_t)len >= sizeof path ? NULL : fopen(path, "w");
    if (file == NULL)
        fail("cannot write into the folder");
    return file;
}

static void file_close(FILE *file)
{
    if (ferror(file) || fclose(file) != 0)
        fail("cannot write");
}

static void lines_write(struct lines *lines, const char *folder, const char *name,
                        const char *header)
{
    FILE *file = file_open(folder, name);
    fputs(header, file);
    for (size_t i = 0; i < lines->count; i++) {
        const char *line = lines->bytes + lines->starts[i];
        size_t left = lines->len - lines->starts[i];
        const char *end = memchr(line, '\n', left);
        (void)fwrite(line, 1, end == NULL ? left : (size_t)(end - line) + 1, file);
    }
    file_close(file);
    free(lines->bytes);
    free(lines->starts);
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

/* --- the book --- */

static const char *const sectors[] = {"trade",   "food",      "batik", "fishery",
                                      "farming", "transport", "crafts"};

enum {
    DISTRICTS = 24,
    SECTORS = sizeof sectors / sizeof *sectors,
    BOOK_MONTH = 2026 * 12 + 5, /* loans are disbursed so that they are being repaid in June 2026 */
};

struct book {
    struct lines loans, events;
    uint64_t event_count;
};

/* An amount of minor units as the file has it. */
static const char *amount_text(char text[32], uint64_t minor, unsigned decimals)
{
    if (decimals == 0)
        (void)snprintf(text, 32, "%" PRIu64, minor);
    else
        (void)snprintf(text, 32, "%" PRIu64 ".%02u", minor / 100, (unsigned)(minor % 100));
    return text;
}

static void add_event(struct book *book, uint64_t account, struct day at, const char *type,
                      const char *amount, uint64_t ref)
{
    char ref_text[32] = "";
    if (ref > 0)
        (void)snprintf(ref_text, sizeof ref_text, "E%09" PRIu64, ref);
    lines_add(&book->events, "E%09" PRIu64 ",L%08" PRIu64 ",%u-%02u-%02u,%s,%s,%s\n",
              ++book->event_count, account, at.year, at.month, at.day, type, amount, ref_text);
}

/* What is paid of an installment: most pay it, some a part, some several at once. */
static uint64_t part_paid(uint64_t installment)
{
    uint64_t kind = chance(20);
    if (kind == 0)
        return installment / 2 + 1;
    if (kind == 1)
        return installment * (2 + chance(3));
    return installment;
}

static void add_payments(struct book *book, uint64_t account, const struct program *program,
                         struct day disbursed, uint64_t installment, unsigned repays, unsigned rows)
{
    char text[32];
    struct day last = disbursed;
    unsigned lateness = (unsigned)chance(10); /* 0..5 on time, 6..7 days late, 8..9 months late */
    uint64_t paid = 0;
    for (unsigned k = 1; k <= repays; k++) {
        struct day at = day_after_months(disbursed, program->grace_months + k);
        if (lateness > 5)
            at = day_after(at, (unsigned)chance(lateness > 7 ? 120 : 20));
        if (day_rank(at) < day_rank(last))
            at = last;
        uint64_t amount = part_paid(installment);
        paid += amount;
        add_event(book, account, at, "repay", amount_text(text, amount, program->decimals), 0);
        last = at;
    }
    if (repays > 0 && chance(100) == 0) {
        last = day_after(last, 1);
        add_event(book, account, last, "reverse", "", book->event_count);
    }
    if (paid + installment < installment * rows && chance(100) == 0)
        add_event(book, account, day_after(last, 200), "write-off", "", 0);
}

static void add_loan(struct book *book, uint64_t account, unsigned rows, unsigned repays)
{
    char principal_text[32], collateral_text[32] = "";
    const struct program *program = &programs[chance(PROGRAMS)];
    uint64_t scale = program->decimals == 0 ? 1 : 100;
    uint64_t least = program->least * rows * scale;
    uint64_t principal = least + chance(least * 500);
    unsigned month = BOOK_MONTH - repays - (unsigned)chance(12);
    struct day disbursed = {month / 12, month % 12 + 1, 1};
    disbursed.day += (unsigned)chance(days_in(disbursed.year, disbursed.month));
    if (chance(3) == 0)
        (void)amount_text(collateral_text, principal / 3, program->decimals);
    uint64_t borrower = chance(10000000), sector = chance(SECTORS);
    unsigned district = 1 + (unsigned)chance(DISTRICTS);
    lines_add(
        &book->loans, "L%08" PRIu64 ",%s,B%07" PRIu64 ",%s,%u-%02u-%02u,district-%02u,%s,%s\n",
        account, program->id, borrower, amount_text(principal_text, principal, program->decimals),
        disbursed.year, disbursed.month, disbursed.day, district, sectors[sector], collateral_text);
    add_payments(book, account, program, disbursed, principal / rows, repays, rows);
}

static unsigned number(const char *text)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value > 100000000)
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
    struct book book = {0};
    if (argc != 6 || (strcmp(argv[4], "SORTED") != 0 && strcmp(argv[4], "SHUFFLED") != 0)) {
        fputs("usage: gen_book LOANS ROWS REPAYS SORTED|SHUFFLED FOLDER\n", stderr);
        return 2;
    }
    unsigned loans = number(argv[1]), rows = number(argv[2]), repays = number(argv[3]);
    const char *folder = argv[5];
    if (rows == 0 || rows > 600 || repays > 600)
        fail("a loan has 1 to 600 rows and at most 600 payments");
    make_folder(folder, "");
    make_folder(folder, "/rules");
    for (unsigned i = 0; i < PROGRAMS; i++)
        program_write(&programs[i], rows, folder);
    for (uint64_t account = 1; account <= loans; account++)
        add_loan(&book, account, rows, repays);
    if (strcmp(argv[4], "SHUFFLED") == 0) {
        lines_shuffle(&book.loans);
        lines_shuffle(&book.events);
    }
    lines_write(&book.loans, folder, "loans.csv",
                "account_id,program,borrower_id,principal,disbursed,district,sector,collateral\n");
    lines_write(&book.events, folder, "events.csv", "event_id,account_id,date,type,amount,ref\n");
    return 0;
}
