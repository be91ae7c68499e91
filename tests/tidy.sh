#!/bin/sh
# sh tests/tidy.sh
# The habits of this repository as a test: one check a habit, each with a line per breach.
set -u
cd "$(dirname "$0")/.." || exit 1

passed=0
failed=0

# Modules without tests/test_MODULE.c, and the test that covers them.
covered='
load_rules:test_program    reading files of programs
rule_check_relief:golden   its faults
load_relief:golden         whom reliefs hold for
strict_sources:test_rule_strict    parts of rule_strict
strict_classes:test_rule_strict
strict_dates:test_rule_strict
strict_effect:test_rule_strict
strict_qardh:test_rule_strict
strict_grants:test_rule_strict
strict_amendments:test_rule_strict
rule_leaf:test_rule_mutant    which values there are
rule_test_row:test_rule_test    parts of rule_test
rule_test_case:test_rule_test
rule_test_range:test_rule_test
rule_test_run:test_rule_test    run
rule_test_make:test_rule_test
rule_test_figure:test_rule_test
rule_coverage:test_rule_test
load_tests:golden          test files beside rules
reform:golden              files of reforms, and compare.py
compare:golden             and compare.py
sweep:golden               a book under several values
assume:golden              files of assumptions, and forecast.py
forecast:golden            and forecast.py
computation:golden         a loan from its events to its positions
account_copy:test_trace    an account that goes on by itself
rule_text:test_origin      values of rules as text
explanation_write:test_explanation    the same as text and as JSON
explain:golden             and explain.py, each cell of the example book
explain_steps:golden       the same, as all that begin so
explain_due:golden
explain_row:golden
explain_allocation:golden
explain_class:golden
explain_position:golden
explain_subsidy:golden
explain_period:golden
explain_grant:golden
explain_group:golden
book:golden                rows brought together
tally:golden               control totals in manifest.yaml
report:golden              the bytes of the files
report_grant:golden        the bytes of the files of grants
load_grant:golden          rows of grants and their events against the rules
grant_budget:golden        awards against budgets
load_reschedule:golden     the columns of a reschedule, by its kind
work:golden                one account after another
crew:golden                the same bytes for any number of threads
out_dir:golden             the folder whole or not at all
manifest:golden            its bytes
run:golden                 everything together
shard_part:golden          shards of one run, whole and all there
merge:golden               shards into one result; tests/shards.sh
'

# habit NAME BREACHES: kept when there are none.
habit() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "$1:"
    echo "$2" | sed 's/^/    /'
}

sources() { # FOLDER...: the C files in them
    find "$@" -name '*.[ch]' 2>/dev/null | LC_ALL=C sort
}

matches() { # PATTERN FILE...: the lines with it
    pattern=$1
    shift
    [ $# -eq 0 ] || grep -nE -e "$pattern" "$@" /dev/null
}

# From the opening brace to the closing one, both at the line's beginning.
long_functions() {
    awk 'FNR == 1 { start = 0 }
        /^[a-z].*[^;]$/ && !/^(struct|enum|union)[^(]*$/ { head = FNR; name = $0 }
        /^\{/ { start = head }
        /^\}/ && start { if (FNR - start + 1 > 70) print FILENAME ":" start ": " FNR - start + 1 " lines: " name; start = 0 }' "$@"
}

# A module with code is tested by its own file or stands in the table above.
untested_modules() {
    for file in engine/*.c; do
        module=$(basename "$file" .c)
        [ -f "tests/test_$module.c" ] && continue
        by=$(echo "$covered" | sed -n "s/^$module:\([a-z_]*\).*/\1/p")
        case $by in
        '') echo "$file: there is no tests/test_$module.c" ;;
        golden) [ -f tests/golden.sh ] || echo "$file: there is no tests/golden.sh" ;;
        *) [ -f "tests/$by.c" ] || echo "$file: there is no tests/$by.c" ;;
        esac
    done
    for module in $(echo "$covered" | sed -n 's/^\([a-z_]*\):.*/\1/p'); do
        [ -f "engine/$module.c" ] || echo "tests/tidy.sh: $module is covered but not there"
    done
}

wordless() { # the files without comments: what is said there is no code
    for file in "$@"; do
        awk -v file="$file" '{
            line = $0
            while (1) {
                if (open) {
                    at = index(line, "*/")
                    if (!at) { line = ""; break }
                    line = substr(line, at + 2); open = 0
                } else if (match(line, /\/\*/)) {
                    rest = substr(line, RSTART + 2)
                    kept = kept substr(line, 1, RSTART - 1); line = rest; open = 1
                } else break
            }
            print file ":" FNR ": " kept line
            kept = ""
        }' "$file"
    done
}

code=$(sources engine cli)
tests=$(sources tests)
scripts=$(find tests -name '*.sh' -o -name '*.py' | LC_ALL=C sort)
engine=$(sources engine)
unfinished='TO''DO|FIX''ME'
tab=$(printf '\t')

without_guard() {
    for file in $(sources engine cli | grep '\.h$'); do
        grep -q '^#ifndef NOL_[A-Z0-9_]*H$' "$file" || echo "$file"
    done
}

without_purpose() {
    for file in $(sources engine cli | grep '\.h$'); do
        head -n 1 "$file" | grep -q '^/\*' || echo "$file"
    done
}

# The lists of files are words.
# shellcheck disable=SC2086
{
    habit 'functions have at most 70 lines' "$(long_functions $code)"
    habit 'lines have at most 110 columns' \
        "$(awk 'length($0) > 110 { print FILENAME ":" FNR ": " length($0) " columns" }' $code $tests)"
    habit 'nothing is left to do' "$(matches "$unfinished" $code $tests $scripts Makefile)"
    habit 'blanks, no tabs' "$(matches "$tab" $code $tests $scripts)"
    habit 'no blanks at the end of a line' "$(matches ' +$' $code $tests $scripts Makefile)"
    habit 'no chance in the program' "$(wordless $code | grep -E '[^a-z_0-9]s?rand(om)? ?\(')"
    habit 'no floating point in engine/' "$(wordless $engine | grep -wE 'float|double')"
    habit 'engine/ neither prints, exits, nor asks for environment or time' \
        "$(wordless $engine | grep -wE '(printf|puts|putchar|perror|exit|_exit|getenv|time|clock_gettime) ?\(')"
    habit 'a struct is called struct' "$(matches '^typedef struct' $code)"
    habit 'every header has its guard' "$(without_guard)"
    habit 'every header says what it is for' "$(without_purpose)"
    habit 'every module is tested' "$(untested_modules)"
}
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
