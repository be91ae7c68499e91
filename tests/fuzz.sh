#!/bin/sh
# sh tests/fuzz.sh SECONDS PROGRAM...
# Run each libFuzzer program for SECONDS, from its seeds in tests/corpus/NAME where there are any.  What it finds stays
# beside the program.
set -u
seconds=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
passed=0
failed=0
for program in "$@"; do
    name=$(basename "$program")
    mkdir -p "$program.corpus"
    seeds=$here/corpus/$name
    [ -d "$seeds" ] || seeds=
    # shellcheck disable=SC2086
    if "$program" -max_total_time="$seconds" -artifact_prefix="$program." "$program.corpus" $seeds >"$program.log" 2>&1; then
        passed=$((passed + 1))
    else
        tail -n 40 "$program.log"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
