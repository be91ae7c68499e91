#!/bin/sh
# sh tests/rules.sh NOL
# The shipped programs by their own tests, every value and every side of a threshold tested; no test file without its
# program and no program without its tests.  The last line is `N passed, N failed`.
set -u
nol=${1:?usage: rules.sh NOL}
here=$(cd "$(dirname "$0")" && pwd)
out=$("$nol" test "$here/../rules" --coverage --threshold 2>&1)
status=$?
passed=$(echo "$out" | sed -n 's/^\([0-9]*\) tests passed, [0-9]* failed,.*/\1/p')
failed=$(echo "$out" | grep -c '^nol: ')
[ "$failed" -gt 0 ] || [ $status -eq 0 ] || failed=1
[ "$failed" -eq 0 ] || echo "$out"
echo "${passed:-0} passed, $failed failed"
[ "$failed" -eq 0 ]
