#!/bin/sh
# sh tests/coverage.sh NOL
# What a user can write or be told has a golden case:
#   key     each row of engine/rule_keys.def stands on a line `covers: ...` of some golden/*/why.md
#   event   each row of engine/event.def has a case golden/event-TYPE or golden/event-TYPE-...
#   fault   each row of engine/fault.def is reported in some case: as [slug] in an expected message, or in rejects.csv
#   option  each command of `nol --help`, and each option of `nol COMMAND --help`, stands behind `nol COMMAND` in a cmd
# What is missing is printed; the last line is `N passed, N failed`.
set -u
nol=${1:?usage: coverage.sh NOL}
here=$(cd "$(dirname "$0")" && pwd)
engine=$here/../engine
golden=$here/../golden
passed=0
failed=0

# Slugs no input can bring about the same way everywhere, and the unit test that has them instead.
excused='memory test_memory.c
law test_account_law.c'

missing() {
    echo "missing: $1"
    failed=$((failed + 1))
}

# The names in a table: rows `MACRO(ID, "name", ...`.
names() {
    sed -n "s/^$1([A-Z0-9_]*, \"\\([^\"]*\\)\".*/\\1/p" "$2"
}

covered=$(sed -n 's/^covers: *//p' "$golden"/*/why.md | tr ' ' '\n' | sort -u)
set -f # a key such as sources.*.title is no pattern of file names
for key in $(names RULE "$engine/rule_keys.def"); do
    if echo "$covered" | grep -Fqx -e "$key"; then
        passed=$((passed + 1))
    else
        missing "a case that covers the key $key"
    fi
done

# A line `covers:` that names a key which is no more is as wrong as a missing one.
for key in $covered; do
    if ! names RULE "$engine/rule_keys.def" | grep -Fqx -e "$key"; then
        echo "unknown: a why.md covers the key $key, which is not in the table"
        failed=$((failed + 1))
    fi
done
set +f

for type in $(names EVENT "$engine/event.def"); do
    if [ -n "$(find "$golden" -maxdepth 1 \( -name "event-$type" -o -name "event-$type-*" \))" ]; then
        passed=$((passed + 1))
    else
        missing "a case event-$type for the event type $type"
    fi
done

for slug in $(names FAULT "$engine/fault.def"); do
    test=$(echo "$excused" | sed -n "s/^$slug //p")
    if [ -n "$test" ] && [ -f "$here/$test" ]; then
        passed=$((passed + 1))
    elif [ -n "$test" ]; then
        missing "tests/$test, which excuses the slug $slug"
    elif grep -Fqs -e "[$slug]" "$golden"/*/stderr "$golden"/*/stdout ||
        find "$golden" -path '*/files/*' -name rejects.csv -exec cat {} + | grep -Fq -e ",$slug,"; then
        passed=$((passed + 1))
    else
        missing "a case that reports the slug $slug"
    fi
done

for command in $("$nol" --help | sed -n 's/^  \([a-z]\{1,\}\)  .*/\1/p'); do
    lines=$(grep -hE "(^|[^a-z])nol $command( |\$)" "$golden"/*/cmd)
    if [ -n "$lines" ]; then
        passed=$((passed + 1))
    else
        missing "a case of nol $command"
    fi
    for option in $("$nol" "$command" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p'); do
        if echo "$lines" | grep -qE -e " $option( |\$)"; then
            passed=$((passed + 1))
        else
            missing "a case of nol $command $option"
        fi
    done
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
