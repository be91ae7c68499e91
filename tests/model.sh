#!/bin/sh
# sh tests/model.sh PROGRAM SEEDS
# The model's own tests, then the program against the models on random books.
set -u
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0
failed=0

(cd "$here/model" && python3 -m unittest) >"$log" 2>&1
status=$?
run=$(sed -n 's/^Ran \([0-9]*\) test.*/\1/p' "$log")
bad=$(sed -n 's/^FAILED (//p' "$log" | tr -c '0-9\n' ' ' | awk '{ for (i = 1; i <= NF; i++) n += $i } END { print n + 0 }')
if [ $status -ne 0 ] || [ -z "$run" ]; then
    cat "$log"
    [ "$bad" -eq 0 ] && bad=1
    [ -z "$run" ] && run=$bad
fi
passed=$((run - bad))
failed=$bad

# Books of loans, then books of grants.
for kind in loan grant; do
    python3 "$here/model/compare.py" "$1" --kind $kind --seeds "$2" >"$log" 2>&1
    status=$?
    line=$(tail -n 1 "$log")
    if ! echo "$line" | grep -Eqx '[0-9]+ passed, [0-9]+ failed'; then
        cat "$log"
        line='0 passed, 1 failed'
    elif [ $status -ne 0 ]; then
        sed '$d' "$log"
    fi
    bad=${line#*passed, }
    passed=$((passed + ${line%% *}))
    failed=$((failed + ${bad%% *}))
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
