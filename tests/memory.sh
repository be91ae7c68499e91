#!/bin/sh
# sh tests/memory.sh NOL VARIANT
# A book in any order within --memory: the same bytes as of the sorted book, the peak below the bound, and of the
# temporary files nothing is left: after a run, a kill, a disk that is full, a folder that cannot be written to.
# VARIANT release: compare the peak; others (sanitizers) hold more than the program does.
set -u
nol=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
variant=$2
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
passed=0
failed=0
loans=60000
[ "$variant" = release ] || loans=12000

check() { # NAME COMMAND...: passes when COMMAND succeeds
    name=$1
    shift
    if "$@" >check.log 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$name: does not hold: $*"
        sed 's/^/    /' check.log log 2>/dev/null | head -n 5
    fi
}

for tool in gen_book measure; do
    "${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 "$here/$tool.c" -o $tool || exit 1
done
mkdir temporary results
TMPDIR=$folder/temporary
export TMPDIR

# month BOOK OUT [OPTIONS]: the run; its peak in kilobytes goes to the file `peak`
month() {
    book=$1
    out=results/$2
    shift 2
    ./measure measured "$nol" run --rules "$book/rules" --loans "$book/loans.csv" --events "$book/events.csv" \
        --attribute district --attribute sector --from 2026-06-01 --as-of 2026-06-30 --out "$out" "$@" 2>log
    status=$?
    cut -d ' ' -f 2 measured >peak
    return $status
}

below() { # MEGABYTES: the peak of the last run
    [ "$variant" != release ] || [ "$(cat peak)" -le $(($1 * 1024)) ] || {
        echo "peak of $(cat peak) kB"
        false
    }
}

same() { # OUT OUT: the figures, whatever the input's digest and lines
    for file in results/"$1"/*.csv; do
        [ "$(basename "$file")" = rejects.csv ] || cmp "$file" "results/$2/$(basename "$file")" || return 1
    done
}

nothing_left() { # neither temporary files nor unfinished results
    [ -z "$(ls -A temporary)" ] && [ -z "$(find results -mindepth 1 -maxdepth 1 -name '.*')" ]
}

says() { # WHAT...: the last run's message has each
    for what; do
        grep -q -F -e "$what" log || return 1
    done
}

# --- the same bytes, within the bound ---

./gen_book $loans 36 6 SORTED sorted && ./gen_book $loans 36 6 SHUFFLED shuffled || exit 1
month sorted sorted
check 'sorted' test $? -eq 0
month sorted sorted-16 --memory 16M
check 'sorted, 16M' test $? -eq 0
check 'sorted, 16M: peak' below 16
check 'sorted, 16M: the same' same sorted sorted-16

# Explanations of groups: one figure of all loans is listed, all figures of them are too many (EXPLAIN_PARTS_MAX).
explain() { # [OPTIONS]
    ./measure measured "$nol" explain --rules sorted/rules --loans sorted/loans.csv --events sorted/events.csv \
        --attribute district --attribute sector --from 2026-06-01 --as-of 2026-06-30 --group all "$@" >explained 2>log
    status=$?
    cut -d ' ' -f 2 measured >peak
    return $status
}
explain --figure disbursed --format json
check 'a group explained' test $? -eq 0
check 'a group explained: its loans' test "$(grep -o '"account":"L' explained | wc -l)" -gt $((loans / 2))
explain --all
check 'too many parts: refused' test $? -eq 1
check 'too many parts: told' grep -q 'more than 200000 parts.*\[explain-nothing\]' log
check 'too many parts: nothing else' test ! -s explained
check 'too many parts: peak' below 128

month shuffled shuffled --memory 1G
check 'shuffled, 1G' test $? -eq 0
check 'shuffled, 1G: the same' same sorted shuffled
for threads in 1 2 7; do
    month shuffled shuffled-16 --memory 16M --threads $threads
    check "shuffled, 16M, $threads threads" test $? -eq 0
    check "shuffled, 16M, $threads threads: peak" below 16
    check "shuffled, 16M, $threads threads: the same" cmp results/shuffled/SHA256SUMS results/shuffled-16/SHA256SUMS
    check "shuffled, 16M, $threads threads: nothing left" nothing_left
done
month shuffled shuffled-64 --memory 64M --threads 7
check 'shuffled, 64M, 7 threads: peak' below 64
check 'shuffled, 64M, 7 threads: the same' cmp results/shuffled/SHA256SUMS results/shuffled-64/SHA256SUMS

# More files than may be read side by side: the sorted book in seven parts.
mkdir parts
header=$(head -n 1 sorted/events.csv)
sed 1d sorted/events.csv | awk '{ print > ("parts/" NR % 7 ".csv") }'
events=
for part in parts/*.csv; do
    { echo "$header"; cat "$part"; } >one && mv one "$part"
    events="$events --events $part"
done
# shellcheck disable=SC2086
./measure measured "$nol" run --rules sorted/rules --loans sorted/loans.csv $events --attribute district \
    --attribute sector --from 2026-06-01 --as-of 2026-06-30 --out results/parts --memory 16M 2>log
check 'seven files, 16M' test $? -eq 0
cut -d ' ' -f 2 measured >peak
check 'seven files, 16M: peak' below 16
check 'seven files, 16M: the same' same sorted parts

# Loans over many years: what a batch makes is many times what went in.
./gen_book 3000 400 2 SHUFFLED long
month long long --memory 16M --threads 2
check 'long loans, 16M' test $? -eq 0
check 'long loans, 16M: peak' below 16

# --- very many rows set aside, and money nobody can place ---

for order in sorted shuffled; do
    mkdir $order-faulty
    cp -R $order/rules $order/loans.csv $order-faulty
    awk -F , -v OFS=, 'NR > 1 { n = substr($1, 2) + 0 }
        n % 2 { $5 = "-5" } n % 3 == 1 { $2 = "Z" $2 } n % 200 == 0 && $4 == "repay" { $2 = ""; $4 = "unidentified" }
        { print }' $order/events.csv >$order-faulty/events.csv
done
month sorted-faulty sorted-faulty --quarantine --memory 1G
check 'sorted, faulty' test $? -eq 1
check 'sorted, faulty: many rejects' test "$(wc -l <results/sorted-faulty/rejects.csv)" -gt $((4 * loans))
check 'sorted, faulty: money without an owner' \
    test "$(wc -l <results/sorted-faulty/unidentified.csv)" -gt $((loans / 100))
for threads in 1 7; do
    month shuffled-faulty shuffled-faulty-16 --quarantine --memory 16M --threads $threads
    check "shuffled, faulty, 16M, $threads threads" test $? -eq 1
    check "shuffled, faulty, 16M, $threads threads: peak" below 16
    check "shuffled, faulty, 16M, $threads threads: the same" same sorted-faulty shuffled-faulty-16
    check "shuffled, faulty, 16M, $threads threads: nothing left" nothing_left
done
month shuffled-faulty shuffled-faulty --quarantine --memory 1G
check 'shuffled, faulty, 1G: the same' cmp results/shuffled-faulty/SHA256SUMS results/shuffled-faulty-16/SHA256SUMS
# By file and line, each rejected row once; without its line, what the sorted book rejects.
# shellcheck disable=SC2016
check 'rejects by file and line' sh -c 'sed 1d "$1" | cut -d , -f 1,2 | tr , " " |
    LC_ALL=C sort -c -u -k 1,1r -k 2,2n' rejects results/shuffled-faulty/rejects.csv
for book in sorted shuffled; do
    cut -d , -f 1,3- results/$book-faulty/rejects.csv | LC_ALL=C sort >$book-rejects
done
check 'the same rejects' cmp sorted-rejects shuffled-rejects

# --- a smaller book from here on ---

./gen_book 15000 36 6 SHUFFLED less || exit 1
month less less --memory 16M

# --- verify sorts like the run ---

"$nol" verify results/less --rules less/rules --loans less/loans.csv --events less/events.csv \
    --attribute district --attribute sector --from 2026-06-01 --as-of 2026-06-30 --memory 16M >log 2>&1
check 'verify' test $? -eq 0
check 'verify: nothing left' nothing_left

# --- where temporary files go ---

TMPDIR=$folder/nowhere
month less nowhere --memory 16M
check 'no such folder: status 3' test $? -eq 3
check 'no such folder: message' says "nol: cannot make a temporary file in '$folder/nowhere': No such file" '[io]'
check 'no such folder: nothing is written' test ! -e results/nowhere
month less small --memory 1G
check 'no such folder, nor any need for it' test $? -eq 0
TMPDIR=$folder/temporary

# Without TMPDIR, beside the result.
(unset TMPDIR && month less beside --memory 16M && cmp results/less/SHA256SUMS results/beside/SHA256SUMS) 2>&1
check 'without TMPDIR' test $? -eq 0
check 'without TMPDIR: nothing left' nothing_left
# shellcheck disable=SC2030
(TMPDIR='' && month less empty --memory 16M && cmp results/less/SHA256SUMS results/empty/SHA256SUMS) 2>&1
check 'TMPDIR empty' test $? -eq 0

# A folder that may not be written to: root may always, so somebody else tries.
mkdir locked
as_user=
if [ "$(id -u)" -eq 0 ]; then
    as_user='setpriv --reuid 65534 --regid 65534 --clear-groups'
    chmod a+rX . && chmod -R a+rX less && chmod 777 results
    cp "$nol" nol
fi
chmod 555 locked
if $as_user true 2>/dev/null && ! $as_user touch locked/probe 2>/dev/null; then
    if [ -n "$as_user" ]; then program=./nol; else program=$nol; fi
    TMPDIR=$folder/locked $as_user "$program" run --rules less/rules --loans less/loans.csv \
        --events less/events.csv --ignore district --ignore sector --as-of 2026-06-30 --memory 16M \
        --out results/locked 2>log
    check 'locked folder: status 3' test $? -eq 3
    check 'locked folder: message' says "cannot make a temporary file in '$folder/locked': Permission denied [io]"
    check 'locked folder: nothing is written' test ! -e results/locked
    check 'locked folder: nothing left' nothing_left
fi
chmod 755 locked

# --- a disk that is full, as far as a temporary file can tell: it may not grow beyond a length ---

# All rows are there before anything else is written: it is the temporary file that becomes too long.
full() { # KILOBYTES
    (
        ulimit -f $((2 * $1))
        exec "$nol" run --rules less/rules --loans less/loans.csv --events less/events.csv \
            --ignore district --ignore sector --as-of 2026-06-30 --memory 16M --out results/full 2>log
    )
}
for kilobytes in 64 1000 3000; do
    full $kilobytes
    check "$kilobytes kB at most: status 3" test $? -eq 3
    # shellcheck disable=SC2031
    check "$kilobytes kB at most: message" says "cannot write a temporary file in '$TMPDIR'" '[io]'
    check "$kilobytes kB at most: nothing is written" test ! -e results/full
    check "$kilobytes kB at most: nothing left" nothing_left
done

# --- kill -9 while it sorts, and an interrupt ---

begun=$(date +%s%N)
month less killed --memory 16M
took=$((($(date +%s%N) - begun) / 1000000))
i=1
while [ $i -le 12 ]; do
    rm -rf results/killed results/.killed.nol-*
    "$nol" run --rules less/rules --loans less/loans.csv --events less/events.csv --attribute district \
        --attribute sector --from 2026-06-01 --as-of 2026-06-30 --memory 16M --out results/killed 2>/dev/null &
    pid=$!
    sleep "$(awk -v took=$took -v i=$i 'BEGIN { printf "%.3f", took * i / 14000 }')"
    { kill -9 $pid && wait $pid; } 2>/dev/null
    check "killed $i of 12: no temporary file" test -z "$(ls -A temporary)"
    i=$((i + 1))
done 2>/dev/null
month less killed --memory 16M
check 'the run after kills' cmp results/less/SHA256SUMS results/killed/SHA256SUMS
check 'the run after kills: nothing left' nothing_left

rm -rf results/killed
"$nol" run --rules less/rules --loans less/loans.csv --events less/events.csv --attribute district \
    --attribute sector --from 2026-06-01 --as-of 2026-06-30 --memory 16M --out results/killed 2>log &
pid=$!
sleep "$(awk -v took=$took 'BEGIN { printf "%.3f", took / 5000 }')"
kill -INT $pid
wait $pid
status=$?
check 'interrupted: status 3 or done' test $status -eq 3 -o -s results/killed/SHA256SUMS
check 'interrupted: nothing left' nothing_left

# --- a file system that has no files without a name ---

if "${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -shared -fPIC "$here/stop_at.c" -o stop_at.so 2>log &&
    LD_PRELOAD=./stop_at.so "$nol" --version >/dev/null 2>&1; then
    # shellcheck disable=SC2030
    (LD_PRELOAD=./stop_at.so && STOP_HOW=named && export LD_PRELOAD STOP_HOW &&
        month less named --memory 16M)
    check 'named files' test $? -eq 0
    check 'named files: the same' cmp results/less/SHA256SUMS results/named/SHA256SUMS
    check 'named files: nothing left' nothing_left
fi

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
