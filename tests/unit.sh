#!/bin/sh
# sh tests/unit.sh JOBS PROGRAM...
# Run cmocka programs, JOBS at a time, and count their tests.  Only what failed is shown.  A program that dies, or runs
# no test at all, counts as a failure of its own.
set -u
jobs=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for program in "$@"; do
    echo "$program"
done | xargs -P "$jobs" -I {} sh -c '
    name=$(basename {})
    {} >"$0/$name.log" 2>&1
    echo $? >"$0/$name.status"' "$folder"
passed=0
failed=0
for program in "$@"; do
    log=$folder/$(basename "$program")
    status=$(cat "$log.status")
    run=$(grep -c '^\[ RUN ' "$log.log")
    ok=$(grep -c '^\[ *OK \]' "$log.log")
    bad=$((run - ok))
    if [ $bad -eq 0 ] && { [ "$status" -ne 0 ] || [ "$run" -eq 0 ]; }; then
        bad=1
    fi
    if [ $bad -ne 0 ]; then
        echo "$program: status $status"
        grep -v -e '^\[ RUN ' -e '^\[ *OK \]' "$log.log" | sed 's/^/    /' | head -n 60
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
