/* The programs of fuzz_pipeline.c and fuzz_account.c: three, as different as three can be. */
#ifndef NOL_TESTS_FUZZ_RULES_H
#define NOL_TESTS_FUZZ_RULES_H

#define FUZZ_RULES(id, code, decimals, rest)                                                       \
    "nol: rules/1\nkind: loan\nid: " id "\ntitle: Program\nstatus: illustrative\n"                 \
    "currency: {code: " code ", decimals: " decimals "}\nin_force: 2020-01-01\n"                   \
    "arrears:\n  count_from: day-after-due\n  ignore_below: 5\n  classes:\n"                       \
    "    - {id: good, range: 0..30, provision: 1%}\n    - {id: bad, range: 31.., provision: "      \
    "1/3}\n"                                                                                       \
    "  non_performing: [bad]\n"                                                                    \
    "  provision: {less: collateral, less_not_for: [good], rounding: {unit: 1, mode: "             \
    "half-up}}\n" rest

enum { FUZZ_PROGRAMS = 3 };

static const char *const fuzz_rules[FUZZ_PROGRAMS] = {
    FUZZ_RULES("p", "IDR", "0",
               "principal: {min: 1_000, max: 1_000_000_000_000_000_000_000}\n"
               "schedule:\n  installments: {min: 1, max: 24, default: 3}\n  every: 1 month\n"
               "  grace: {length: {min: 0 months, max: 6 months, default: 1 month}, "
               "place: before-term, list_rows: true}\n"
               "  due: {anchor: disbursed, missing_day: last-of-month}\n  split: equal\n"
               "  rounding: {unit: 1, mode: half-even, residual: cumulative}\n"
               "allocation: {excess: hold}\n"
               "amendments:\n  - from: 2025-02-01\n    set:\n"
               "      - {path: allocation.excess, was: hold, value: next}\n"),
    FUZZ_RULES("q", "USD", "2",
               "principal: {min: 1, max: 100_000}\n"
               "schedule:\n  installments: {min: 1, max: 12, default: 4}\n  every: 2 weeks\n"
               "  due: {anchor: given}\n  split: equal\n"
               "  rounding: {unit: 0.01, mode: half-up, residual: first}\n"
               "allocation: {excess: last, by: component}\n"
               "small_amounts: {forgive_below: 500, keep_credit_below: 400}\n"),
    FUZZ_RULES("r", "IDR", "0",
               "principal: {min: 1_000, max: 100_000_000}\n"
               "schedule:\n  every: 1 month\n  rounding: {unit: 1, mode: up, residual: last}\n"
               "  due: {anchor: agreed, day: 31, min_gap: 15 days, "
               "missing_day: first-of-next}\n"
               "  split: {fixed: 150_000}\nallocation: {excess: re-spread, excess_components: "
               "[principal, fee]}\n"),
};

#endif
