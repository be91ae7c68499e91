#!/bin/sh
# sh tests/bench.sh NOL
# Time and memory of the month over a large book, and how near that is to copying its output.
#   BENCH_LOANS=200000  loans, of 36 rows and 6 payments each
#   BENCH_RUNS=5        runs, each followed by a copy
#   BENCH_OPTIONS=      more options for `nol run`
#   TMPDIR              where: measure on the disk that matters
set -eu
nol=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
loans=${BENCH_LOANS:-200000}
runs=${BENCH_RUNS:-5}
rows=36
repays=6
folder=$(mktemp -d "${TMPDIR:-/tmp}/bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

for tool in gen_book measure; do
    "${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror "$here/$tool.c" -o "$folder/$tool"
done

# month COMMAND... BOOK OUT: the run, under COMMAND
month() {
    before=
    while [ $# -gt 2 ]; do
        before="$before $1"
        shift
    done
    # shellcheck disable=SC2086
    $before "$nol" run --rules "$1/rules" --loans "$1/loans.csv" --events "$1/events.csv" --attribute district \
        --attribute sector --from 2026-06-01 --as-of 2026-06-30 --out "$2" ${BENCH_OPTIONS:-}
}

median() { # FILE COLUMN
    sort -n -k "$2,$2" "$1" | awk -v column="$2" '{ v[NR] = $column } END { print v[int((NR + 1) / 2)] }'
}

bytes_of() { # FILE...
    cat "$@" | wc -c
}

echo "book: $loans loans of $rows rows and $repays payments"
"$folder/gen_book" "$loans" $rows $repays SORTED "$folder/sorted"
"$folder/gen_book" "$loans" $rows $repays SHUFFLED "$folder/shuffled"
month "$folder/sorted" "$folder/out" # warm, and for the checks below
sync

i=0
while [ $i -lt "$runs" ]; do
    month "$folder/measure" "$folder/one" "$folder/sorted" "$folder/out"
    cat "$folder/one" >>"$folder/times"
    rm -rf "$folder/copy"
    # shellcheck disable=SC2016
    "$folder/measure" "$folder/one" sh -c 'cp -R "$1" "$2" && sync "$2"/* "$2"' copy "$folder/out" "$folder/copy"
    cat "$folder/one" >>"$folder/copies"
    i=$((i + 1))
done
month "$folder/measure" "$folder/one" "$folder/shuffled" "$folder/out-shuffled"

for file in schedule allocations arrears portfolio classes movement migration; do
    if ! cmp -s "$folder/out/$file.csv" "$folder/out-shuffled/$file.csv"; then
        echo "bench.sh: $file.csv depends on the order of rows" >&2
        exit 1
    fi
done

made=$(($(wc -l <"$folder/out/schedule.csv") - 1))
paste -d ' ' "$folder/times" "$folder/copies" | awk '{ printf "%.2f\n", $1 / $3 }' >"$folder/ratios"
awk -v loans="$loans" -v rows="$made" -v seconds="$(median "$folder/times" 1)" -v memory="$(median "$folder/times" 2)" \
    -v copy="$(median "$folder/copies" 1)" -v ratio="$(median "$folder/ratios" 1)" -v runs="$runs" \
    -v read_bytes="$(bytes_of "$folder"/sorted/*.csv)" -v written="$(bytes_of "$folder"/out/*)" \
    -v shuffled="$(cat "$folder/one")" 'BEGIN {
    split(shuffled, s, " ")
    printf "bytes: %.1f MB read, %.1f MB written\n", read_bytes / 1e6, written / 1e6
    printf "sorted: %.2f s (median of %d), %.0f schedule rows/s, %.0f loans/s, %.1f MB of memory\n", seconds, runs,
           rows / seconds, loans / seconds, memory / 1024
    printf "copy of the output, flushed: %.2f s; the run takes %.2f times as long (median of %d pairs)\n", copy, ratio,
           runs
    printf "shuffled: %.2f s, %.1f MB of memory, the same figures\n", s[1], s[2] / 1024
}'

# Instructions do not depend on the machine's load.  Two sizes, so that what does not grow with the book falls away.
instructions() { # BOOK
    if perf stat -x , -e instructions:u true >/dev/null 2>"$folder/perf" && grep -q '^[0-9]' "$folder/perf"; then
        month perf stat -x , -o "$folder/perf" -e instructions:u "$1" "$folder/out" >/dev/null 2>&1
        awk -F , '/^[0-9]/ { print $1 }' "$folder/perf"
    elif command -v valgrind >/dev/null; then
        month valgrind --tool=callgrind --callgrind-out-file=/dev/null "$1" "$folder/out" 2>&1 |
            sed -n 's/.*Collected : //p'
    fi
}

"$folder/gen_book" 1000 $rows $repays SORTED "$folder/small"
"$folder/gen_book" 3000 $rows $repays SORTED "$folder/less-small"
small=$(instructions "$folder/small")
more=$(instructions "$folder/less-small")
if [ -n "$small" ] && [ -n "$more" ]; then
    awk -v small="$small" -v more="$more" -v rows=$((2000 * rows)) 'BEGIN {
        printf "instructions: %.0f for each schedule row, reading, writing and digests included\n", (more - small) / rows }'
else
    echo "instructions: not counted (neither perf nor valgrind can)"
fi
