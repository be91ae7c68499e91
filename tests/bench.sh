#!/bin/sh
# sh tests/bench.sh NOL
# The month over large books: how long it takes beside copying its output, where the time goes, how it grows.
# Every number says what it is; docs/performance.md says how to read them.
#   BENCH_LOANS=200000   loans of the book, of 36 rows and 6 payments each
#   BENCH_RUNS=3         rounds: each measures everything once; medians are shown
#   BENCH_GROWTH='10000 100000 1000000'
#                        sizes of the growth table, which needs disk for the inputs alone: 3.6 GB for 10000000
#   BENCH_OPTIONS=       more options for `nol run`, other than --threads
#   TMPDIR               where: measure on the disk that matters
set -eu
nol=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
loans=${BENCH_LOANS:-200000}
runs=${BENCH_RUNS:-3}
growth=${BENCH_GROWTH-10000 100000 1000000}
rows=36
repays=6
month_end=2026-06-30
before_all=1970-01-01 # no loan is known: rows are read and typed, nothing is computed
folder=$(mktemp -d "${TMPDIR:-/tmp}/bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

for tool in gen_book measure; do
    "${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror "$here/$tool.c" -o "$folder/$tool"
done
null=$folder/null_write.so
"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -shared -fPIC "$here/null_write.c" -o "$null"

fail() { # WHAT
    echo "bench.sh: $1" >&2
    exit 1
}

# measured NAME COMMAND...: one line more, of seconds and kilobytes, in NAME.times
measured() {
    name=$1
    shift
    "$folder/measure" "$folder/one" "$@" || fail "$name: the command failed: $*"
    cat "$folder/one" >>"$folder/$name.times"
}

# month NAME disk|null BOOK AS_OF [OPTION...]: a run to the folder `out`, measured; null: nothing is stored
month() {
    name=$1
    preload=
    [ "$2" = disk ] || preload=$null
    book=$folder/$3
    as_of=$4
    shift 4
    rm -rf "$folder/out"
    # shellcheck disable=SC2086
    measured "$name" env LD_PRELOAD="$preload" "$nol" run --rules "$book/rules" --loans "$book/loans.csv" \
        --events "$book/events.csv" --attribute district --attribute sector --from "${as_of%??}01" \
        --as-of "$as_of" --out "$folder/out" "$@" ${BENCH_OPTIONS:-}
}

# analyst NAME COMMAND [OPTION...]: the same book looked at by another command, measured
analyst() {
    name=$1
    shift
    rm -rf "$folder/out"
    measured "$name" "$nol" "$@" --rules "$folder/sorted/rules" --loans "$folder/sorted/loans.csv" \
        --events "$folder/sorted/events.csv" --attribute district --attribute sector --as-of $month_end \
        --out "$folder/out" >"$folder/log"
}

made_without_storage() { # the digests of the output are those of SUMS, and nothing was stored
    cmp -s "$folder/sums" "$folder/out/SHA256SUMS" || fail 'without storage the digests are others'
    [ ! -s "$folder/out/schedule.csv" ] || fail 'the program cannot be preloaded: storage was used'
}

median() { # NAME COLUMN
    sort -n -k "$2,$2" "$folder/$1.times" | awk -v column="$2" '{ v[NR] = $column } END {
        print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

row() { # LABEL NAME ROWS LOANS: a line of a table
    awk -v label="$1" -v seconds="$(median "$2" 1)" -v memory="$(median "$2" 2)" -v rows="$3" -v loans="$4" '
        BEGIN {
            if (seconds < 0.001) seconds = 0.001
            printf "%-34s %9.2f %12.0f %10.0f %10.1f\n", label, seconds, rows / seconds, loans / seconds,
                   memory / 1024
        }'
}

table() { # LABEL
    printf '\n%-34s %9s %12s %10s %10s\n' "$1" seconds rows/s loans/s 'memory, MB'
}

digest=sha256sum
command -v openssl >/dev/null && digest='openssl dgst -sha256'

# --- the book, and one run whose output all others are compared with ---

"$folder/gen_book" "$loans" $rows $repays SORTED "$folder/sorted"
"$folder/gen_book" "$loans" $rows $repays SHUFFLED "$folder/shuffled"
month warm disk sorted $month_end
mv "$folder/out" "$folder/first"
cp "$folder/first/SHA256SUMS" "$folder/sums"
made=$(($(wc -l <"$folder/first/schedule.csv") - 1))
# Other rules for every loan, and ten values of a rule that every loan of a program is signed by.
mkdir "$folder/other"
for rules in "$folder"/sorted/rules/*.yaml; do
    sed -e '/^schedule:/,/^allocation:/ { s/residual: last/residual: first/; s/residual: leading/mode: down, residual: last/; }' \
        "$rules" >"$folder/other/${rules##*/}"
done
cat >"$folder/ten.reform.yaml" <<'END'
nol: reform/1
id: ten-roundings
base: modal-usaha
sweep:
  - {path: schedule.rounding.unit, from: 1970-01-01, values: [1, 2, 5, 10, 50, 100, 200, 500, 750, 5_000]}
END
sync
read_bytes=$(cat "$folder"/sorted/*.csv | wc -c)
written=$(cat "$folder"/first/* | wc -c)
awk -v loans="$loans" -v rows=$made -v read_bytes="$read_bytes" -v written="$written" 'BEGIN {
    printf "book: %d loans, %d schedule rows; %.1f MB read, %.1f MB written\n", loans, rows, read_bytes / 1e6,
           written / 1e6 }'
echo "machine: $(nproc 2>/dev/null || echo '?') processors; medians of $runs rounds"

i=0
while [ $i -lt "$runs" ]; do
    month all disk sorted $month_end
    cmp -s "$folder/sums" "$folder/out/SHA256SUMS" || fail 'a second run wrote another output'
    rm -rf "$folder/copy"
    # shellcheck disable=SC2016
    measured copy sh -c 'cp -R "$1" "$2" && sync "$2"/* "$2"' copy "$folder/first" "$folder/copy"
    rm -rf "$folder/copy"
    analyst compare compare --with "$folder/other"
    analyst sweep sweep --reform "$folder/ten.reform.yaml"
    month one disk sorted $month_end --threads 1
    month null-all null sorted $month_end
    made_without_storage
    month null-one null sorted $month_end --threads 1
    made_without_storage
    month read null sorted $before_all --threads 1
    # The programs are words.
    # shellcheck disable=SC2086
    measured digest-out $digest "$folder"/first/*.csv >"$folder/log"
    # shellcheck disable=SC2086
    measured digest-in $digest "$folder"/sorted/*.csv >"$folder/log"
    measured cat-in cat "$folder"/sorted/*.csv >/dev/null
    i=$((i + 1))
done
month shuffled disk shuffled $month_end
for file in schedule allocations arrears portfolio classes movement migration; do
    cmp -s "$folder/out/$file.csv" "$folder/first/$file.csv" || fail "$file.csv depends on the order of rows"
done

# --- what came out ---

table 'the whole month'
row 'all threads' all $made "$loans"
row 'one thread' one $made "$loans"
row 'all threads, nothing stored' null-all $made "$loans"
row 'one thread, nothing stored' null-one $made "$loans"
row 'all threads, shuffled (one run)' shuffled $made "$loans"
row 'copy of the output, flushed' copy $made "$loans"
row 'compare: other rules for all loans' compare $((2 * made)) "$loans"
row 'sweep: ten values of a program' sweep $((11 * made)) "$loans"

paste -d ' ' "$folder/all.times" "$folder/copy.times" |
    awk '{ printf "%.3f 0\n", $1 / $3 }' >"$folder/ratio.times"
paste -d ' ' "$folder/null-one.times" "$folder/null-all.times" |
    awk '{ printf "%.3f 0\n", $1 / $3 }' >"$folder/speed-up.times"
for name in compare sweep; do
    paste -d ' ' "$folder/$name.times" "$folder/all.times" |
        awk '{ printf "%.3f 0\n", $1 / $3 }' >"$folder/$name-ratio.times"
done
awk -v ratio="$(median ratio 1)" -v speed_up="$(median speed-up 1)" -v compare="$(median compare-ratio 1)" \
    -v sweep="$(median sweep-ratio 1)" 'BEGIN {
    printf "\nrun : copy of its output, pair by pair      %.2f\n", ratio
    printf "one thread : all threads, nothing stored    %.2f\n", speed_up
    printf "compare : run                               %.2f\n", compare
    printf "sweep of ten values : run                   %.2f\n", sweep }'

awk -v read_="$(median read 1)" -v digest_in="$(median digest-in 1)" -v cat_in="$(median cat-in 1)" \
    -v null_one="$(median null-one 1)" -v digest_out="$(median digest-out 1)" -v one="$(median one 1)" '
    function phase(what, seconds, how) {
        printf "%-34s %9.2f %8.0f %%   %s\n", what, seconds, 100 * seconds / one, how
    }
    BEGIN {
        printf "\n%-34s %9s %10s   %s\n", "phases, one thread", "seconds", "of all", "how it was found"
        phase("reading, splitting, typing rows", read_, "a run as of a day before the first loan")
        phase("  of it: reading the bytes", cat_in, "cat of the inputs")
        phase("  of it: digests of the inputs", digest_in, "another program'\''s SHA-256 of them")
        phase("computing, making text", null_one - read_ - digest_out,
              "nothing stored, less reading and digests")
        phase("digests of the output", digest_out, "another program'\''s SHA-256 of it")
        phase("writing, flushing", one - null_one, "a run that stores less one that does not")
        phase("all", one, "a run with one thread")
    }'

# --- growth ---

rm -rf "$folder/sorted" "$folder/shuffled" "$folder/out" "$folder/first"
[ -z "$growth" ] || table 'growth, all threads, nothing stored'
for size in $growth; do
    "$folder/gen_book" "$size" $rows $repays SORTED "$folder/grown"
    # Small books are over in a moment, and a moment is measured often.
    i=0
    while [ $i -eq 0 ] || { [ "$size" -lt 500000 ] && [ $i -lt "$runs" ]; }; do
        month "growth-$size" null grown $month_end
        i=$((i + 1))
    done
    rm -rf "$folder/grown"
    row "$size loans" "growth-$size" $((size * rows)) "$size"
done

# --- instructions: the same on every machine ---

echo
sh "$here/instructions.sh" --list "$nol" | head -n 11
