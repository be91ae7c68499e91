#!/bin/sh
# sh tests/summary.sh FOLDER NAME...
# Add up the lines `N passed, N failed` of FOLDER/NAME...; one that is not there counts as a failure.  The sum is the
# last line.  Exit 1 on a failure, or when nothing passed.
set -u
folder=$1
shift
passed=0
failed=0
for name in "$@"; do
    line=$(cat "$folder/$name" 2>/dev/null) || line=
    if echo "$line" | grep -Eqx '[0-9]+ passed, [0-9]+ failed'; then
        one=${line%% *}
        two=${line#*passed, }
        passed=$((passed + one))
        failed=$((failed + ${two%% *}))
    else
        echo "$name: no result"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
