/*
 * Any bytes as a book in short: a few loans and their events, in forms that are right and orders
 * that are any.  So the accounts are reached at once; after each event the engine checks its laws,
 * here those of the whole are checked.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_rules.h"
#include "work.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

static const struct program *programs[FUZZ_PROGRAMS];
static struct portfolio_states states;

/* One of the input files, in memory. */
static struct {
    int fd;
    char path[64];
    char text[65536];
    size_t len;
} files[BOOK_ROLES];

__attribute__((format(printf, 2, 3))) static void put(enum book_role role, const char *format, ...)
{
    va_list arguments;
    size_t room = sizeof files[role].text - files[role].len;
    va_start(arguments, format);
    int len = vsnprintf(files[role].text + files[role].len, room, format, arguments);
    va_end(arguments);
    MUST(len >= 0 && (size_t)len < room);
    files[role].len += (size_t)len;
}

static void set_up(void)
{
    static struct arena arena;
    static const struct fault_file file = {"rules.yaml", 0};
    struct faults faults;
    arena_init(&arena, NULL);
    faults_init(&faults);
    for (unsigned i = 0; i < FUZZ_PROGRAMS; i++) {
        programs[i] = program_read(&arena, &file, text_of(fuzz_rules[i]), &faults);
        if (programs[i] == NULL)
            fprintf(stderr, "rules %u: %s\n", i, faults.listed[0].text);
        MUST(programs[i] != NULL);
    }
    states = portfolio_states_of(&arena, programs, FUZZ_PROGRAMS, date_of(2025, 6, 30),
                                 date_of(2025, 4, 1));
    for (unsigned role = 0; role < BOOK_ROLES; role++) {
        files[role].fd = memfd_create("fuzz", 0);
        MUST(files[role].fd >= 0);
        (void)snprintf(files[role].path, sizeof files[role].path, "/proc/self/fd/%d",
                       files[role].fd);
    }
}

/* --- bytes become rows --- */

struct bytes {
    const uint8_t *next, *end;
};

static unsigned take(struct bytes *bytes)
{
    return bytes->next < bytes->end ? *bytes->next++ : 0;
}

static const char *take_date(struct bytes *bytes, char text[DATE_TEXT_LEN + 1])
{
    unsigned day = take(bytes) * 4 + take(bytes) % 4;
    return date_text(text, (struct date){date_of(2024, 1, 1).day + (int32_t)(day % 800)});
}

/* Mostly what an installment is, sometimes much more or next to nothing. */
static const char *take_amount(struct bytes *bytes, unsigned program, char text[48])
{
    static const char *const amounts[] = {
        "100000", "33333", "150000",  "1",     "300000",
        "50000",  "7",     "1000000", "99999", "100000000000000000000"};
    unsigned which = take(bytes) % 12;
    if (which >= 10)
        (void)snprintf(text, 48, "%u%s", take(bytes) * 1000 + 1, program == 1 ? ".25" : "");
    else
        (void)snprintf(text, 48, "%s", amounts[which]);
    return text;
}

static unsigned put_loan(struct bytes *bytes, unsigned account)
{
    char principal[48], disbursed[DATE_TEXT_LEN + 1] = "", first_due[DATE_TEXT_LEN + 1] = "";
    char agreed[DATE_TEXT_LEN + 1] = "", installments[8] = "", grace[16] = "";
    unsigned program = take(bytes) % FUZZ_PROGRAMS, form = take(bytes);
    (void)take_amount(bytes, program, principal);
    if (form & 1)
        (void)take_date(bytes, agreed);
    if (!(form & 1) || (form & 6) != 0)
        (void)take_date(bytes, disbursed);
    if (program == 1)
        (void)take_date(bytes, first_due);
    if (program != 2 && form & 8)
        (void)snprintf(installments, sizeof installments, "%u", 1 + take(bytes) % 12);
    if (program == 0 && form & 16)
        (void)snprintf(grace, sizeof grace, "%u months", take(bytes) % 7);
    put(BOOK_LOANS, "A%u,%c,%s,%s,%s,%s,%s,%s,%s\n", account, 'p' + (int)program, principal, agreed,
        disbursed, first_due, installments, grace, form & 32 ? "50000" : "");
    return program;
}

static bool needs_document(const char *type)
{
    return strcmp(type, "opening") == 0 || strcmp(type, "cancel") == 0 ||
           strcmp(type, "write-off-absolute") == 0;
}

static void put_event(struct bytes *bytes, unsigned number, unsigned accounts,
                      const unsigned *programs_of)
{
    static const char *const types[] = {
        "repay",        "repay",     "disburse", "opening",    "reverse", "refund",
        "cancel",       "write-off", "recover",  "collateral", "repay",   "repay",
        "unidentified", "charge",    "waive",    "chargeback", "forgive", "write-off-absolute"};
    char date[DATE_TEXT_LEN + 1], recorded[DATE_TEXT_LEN + 1] = "", amount[48] = "", ref[16] = "";
    char due[DATE_TEXT_LEN + 1] = "";
    char seq[8] = "", account[8] = "";
    const char *type = types[take(bytes) % (sizeof types / sizeof *types)];
    unsigned form = take(bytes), which = form % accounts;
    bool reverse = strcmp(type, "reverse") == 0;
    (void)take_date(bytes, date);
    if (strcmp(type, "unidentified") != 0)
        (void)snprintf(account, sizeof account, "A%u", which);
    if (!reverse && strcmp(type, "cancel") != 0 && strncmp(type, "write-off", 9) != 0)
        (void)take_amount(bytes, programs_of[which], amount);
    if (reverse)
        (void)snprintf(ref, sizeof ref, "E%u", number == 0 ? 0 : take(bytes) % number);
    if (form & 64)
        (void)take_date(bytes, recorded);
    if (form & 128)
        (void)snprintf(seq, sizeof seq, "%d", (int)(take(bytes) % 5) - 2);
    bool charge = strcmp(type, "charge") == 0, waive = strcmp(type, "waive") == 0;
    if (charge && form & 4)
        (void)take_date(bytes, due);
    if (strcmp(type, "chargeback") == 0) {
        (void)snprintf(ref, sizeof ref, "E%u", take(bytes) % (number + 1));
        if (form & 8)
            amount[0] = '\0';
    }
    if (waive && number > 0 && form & 4)
        (void)snprintf(ref, sizeof ref, "E%u", take(bytes) % number);
    put(BOOK_EVENTS, "E%u,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", number, account, date, type, amount,
        recorded, ref, seq, needs_document(type) ? "D" : "",
        charge || waive ? (form & 8 ? "fee" : "penalty") : "", due);
}

static void put_book(struct bytes *bytes)
{
    enum { EVENTS_MAX = 200, ACCOUNTS_MAX = 3 };
    unsigned programs_of[ACCOUNTS_MAX], accounts = 1 + take(bytes) % ACCOUNTS_MAX;
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        files[role].len = 0;
    put(BOOK_GRANTS, "account_id,program,agreed,award\n");
    put(BOOK_PLAN, "account_id,n,due,amount\n");
    put(BOOK_LOANS,
        "account_id,program,principal,agreed,disbursed,first_due,installments,grace,collateral\n");
    put(BOOK_EVENTS,
        "event_id,account_id,date,type,amount,recorded,ref,seq,document,component,due\n");
    for (unsigned i = 0; i < accounts; i++)
        programs_of[i] = put_loan(bytes, i);
    for (unsigned i = 0; i < EVENTS_MAX && bytes->next < bytes->end; i++)
        put_event(bytes, i, accounts, programs_of);
}

/* --- the book is worked on --- */

static void run(void)
{
    const struct columns_named named = {0};
    struct book_input inputs[BOOK_ROLES] = {{.role = BOOK_LOANS, .number = 1},
                                            {.role = BOOK_GRANTS, .number = 1},
                                            {.role = BOOK_EVENTS, .number = 1},
                                            {.role = BOOK_PLAN, .number = 1}};
    struct faults faults;
    struct arena arena;
    struct book book;
    struct book_bundle bundle;
    struct work work;
    struct buffer out[REPORT_ARREARS + 1];
    struct buffer unidentified;
    arena_init(&arena, NULL);
    faults_init(&faults);
    for (unsigned role = 0; role < BOOK_ROLES; role++) {
        inputs[role].file = (struct fault_file){files[role].path, role + 1};
        MUST(ftruncate(files[role].fd, 0) == 0);
        MUST(pwrite(files[role].fd, files[role].text, files[role].len, 0) ==
             (ssize_t)files[role].len);
    }
    const struct work_job job = {
        .programs = programs,
        .program_count = FUZZ_PROGRAMS,
        .states = &states,
        .inputs = inputs,
        .input_count = BOOK_ROLES,
        .as_of = date_of(2025, 6, 30),
        .known_at = DATE_UNLIMITED,
        .from = date_of(2025, 4, 1),
        .from_known_at = date_of(2025, 4, 5),
    };
    for (unsigned file = 0; file <= REPORT_ARREARS; file++)
        buffer_init(&out[file], NULL);
    work_init(&work, &job);
    work.out = out;
    buffer_init(&unidentified, NULL);
    work.unidentified = &unidentified;
    const struct book_gathering gathering = {SORTER_BYTES_MIN, "."};
    enum book_result gathered = BOOK_BUNDLE;
    MUST(book_open(&book, NULL, inputs, BOOK_ROLES, &named, &gathering, &faults));
    while (gathered == BOOK_BUNDLE)
        gathered = book_gather(&book);
    MUST(gathered == BOOK_END);
    while (book_next(&book, &arena, &bundle) == BOOK_BUNDLE) {
        work_account(&work, &bundle);
        MUST(work.broken_law == NULL);
    }
    MUST(portfolio_law(&work.portfolio) == NULL);
    MUST(tallies_law(&work.tallies) == NULL);
    book_close(&book);
    work_free(&work);
    buffer_free(&unidentified);
    for (unsigned file = 0; file <= REPORT_ARREARS; file++)
        buffer_free(&out[file]);
    faults_free(&faults);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (programs[0] == NULL)
        set_up();
    struct bytes left = {bytes, bytes + len};
    put_book(&left);
    run();
    return 0;
}
