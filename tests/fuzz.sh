#!/bin/sh
# sh tests/fuzz.sh RUNS SECONDS PROGRAM...
# Run each libFuzzer program, two at a time, from what golden/ and examples/ hold of its kind: RUNS inputs, the same each
# time, or where RUNS is empty whatever comes up in SECONDS.  An input that breaks it stays beside the program and is
# named, and shown in base64 where it is short.
set -u
runs=$1
seconds=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
top=$here/..

# seeds NAME FOLDER: small files that the program of this name can read
seeds() {
    mkdir -p "$2"
    case $1 in
    fuzz_csv)
        find "$top/golden" -name '*.csv' -size -8k
        ;;
    fuzz_rules)
        find "$top/golden" "$top/rules" -path '*rules/*.yaml' -size -16k
        ;;
    fuzz_beside)
        find "$top/golden" "$top/examples" "$top/rules" \( -name '*.reform.yaml' -o -name '*.assume.yaml' -o -name '*.test.yaml' \) \
            -size -16k
        ;;
    fuzz_pipeline)
        for case_dir in "$top"/golden/*/; do
            [ -f "$case_dir/loans.csv" ] || continue
            [ "$(wc -c <"$case_dir/loans.csv")" -lt 8000 ] || continue
            {
                cat "$case_dir/loans.csv"
                echo --
                cat "$case_dir/events.csv" 2>/dev/null || echo event_id,account_id,date,type,amount
            } >"$2/$(basename "$case_dir")"
        done
        ;;
    esac | while IFS= read -r file; do
        cp "$file" "$2/$(sha256sum <"$file" | cut -c 1-16)"
    done
}

if [ "$1" = --one ]; then # for xargs below
    program=$2
    name=$(basename "$program")
    rm -rf "$program.seeds"
    [ -z "$runs" ] || rm -rf "$program.corpus"
    seeds "$name" "$program.seeds"
    mkdir -p "$program.corpus"
    set --
    [ -f "$here/$name.words" ] && set -- "-dict=$here/$name.words"
    if [ -n "$runs" ]; then
        set -- "$@" -seed=1 "-runs=$runs"
    else
        set -- "$@" "-max_total_time=$seconds"
    fi
    "$program" "$@" -timeout=20 -len_control=10 -max_len=20000 -print_final_stats=1 \
        -artifact_prefix="$program." "$program.corpus" "$program.seeds" >"$program.log" 2>&1
    echo $? >"$program.status"
    exit 0
fi

printf '%s\n' "$@" | xargs -P 2 -n 1 sh "$0" "$runs" "$seconds" --one
passed=0
failed=0
for program in "$@"; do
    if [ "$(cat "$program.status")" = 0 ]; then
        passed=$((passed + 1))
    else
        echo "$program:"
        grep -e '^SUMMARY' -e 'Test unit written' -e '^Base64' -e 'runtime error' -e '^ *#[0-9]* .*engine/' "$program.log" | head -n 20
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
