#!/bin/sh
# sh tests/shards.sh NOL
# The same bytes for any number of shards, merged in any order: sorted and shuffled rows, faults in the book, several
# files, several currencies.  The shards are run by GNU parallel where it is installed.  Then what merge must refuse.
set -u
nol=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
passed=0
failed=0

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

parallel=
if command -v parallel >/dev/null && parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
    parallel=yes
else
    echo 'note: shards: GNU parallel is not installed; the shards are run one after another'
fi

"${CC:-cc}" -std=c11 -O2 "$here/gen_book.c" -o gen_book && ./gen_book 2000 12 4 SORTED sorted &&
    ./gen_book 2000 12 4 SHUFFLED shuffled || exit 1

# Borrowers with several loans, some without a name, quoted cells, money of nobody; two files of each role.
for order in sorted shuffled; do
    awk -F , -v OFS=, 'NR > 1 { n = substr($1, 2) + 0; $3 = n % 5 == 0 ? "" : "B" n % 397
        if (n % 7 == 0) $3 = "\"" $3 "\""; if (n % 11 == 0) $1 = "\"" $1 "\"" } { print }' $order/loans.csv >loans
    (head -n 1 loans && sed 1d loans | awk 'NR % 3 == 0') >$order/loans-2.csv
    awk 'NR == 1 || (NR - 1) % 3 != 0' loans >$order/loans.csv
    (head -n 1 $order/events.csv && sed 1d $order/events.csv | awk 'NR % 4 == 0' &&
        printf 'U%d,,2026-06-%02d,unidentified,%d,\n' 1 9 500 2 3 700 3 9 20) >$order/events-2.csv
    awk 'NR == 1 || (NR - 1) % 4 != 0' $order/events.csv >events && mv events $order/events.csv
done
# Some accounts at fault: in the beginning, in the middle, at the end, one nobody knows, one twice, rows of no form.
for order in sorted shuffled; do
    cp -R $order $order-faulty
    awk '{ print }
        /^E(000000001|000007000),/ { sub(/^E/, "X"); sub(/,repay,[0-9.]*/, ",repay,-5"); print }
        /^E000000001,/ { print "Y1,L00002000,2026-01-01,repay,0,"; print "Y2,Z,2026-01-01,repay,5,"
            print "Y3,,2026-01-01,unidentified,0,"; print "ragged,L00000003" }' \
        $order/events.csv >$order-faulty/events.csv
    (cat $order/loans.csv && sed -n '5p;6s/B[0-9]*/Bother/p' $order/loans-2.csv) >$order-faulty/loans.csv
done

# sh month.sh run|verify BOOK OPTION...
cat >month.sh <<END
command=\$1 book=\$2
shift 2
exec '$nol' \$command --rules "\$book/rules" --loans "\$book/loans.csv" --loans "\$book/loans-2.csv" \
    --events "\$book/events.csv" --events "\$book/events-2.csv" --attribute district --carry sector \
    --from 2026-06-01 --from-known-at 2026-06-10 --as-of 2026-06-30 --quarantine --threads 2 "\$@"
END

# sh shard.sh BOOK K N: one job; a shard that sets rows aside is well too.
cat >shard.sh <<'END'
sh month.sh run "$1" --shard "$2/$3" --out "$1-$2-of-$3" 2>"$1-$2-of-$3.log"
[ $? -le 1 ]
END

shards() { # BOOK N: run them
    if [ -n "$parallel" ]; then
        seq "$2" | parallel --will-cite -j 2 sh shard.sh "$1" '{}' "$2"
    else
        for k in $(seq "$2"); do sh shard.sh "$1" "$k" "$2" || return 1; done
    fi
}

merge() { # BOOK N OUT: in an order of chance
    # shellcheck disable=SC2046
    "$nol" merge $(seq -f "$1-%g-of-$2" "$2" | sort -R) --out "$3" 2>log
}

same_folder() { # A B: every file, and no other
    [ "$(ls "$1")" = "$(ls "$2")" ] || return 1
    for one in "$1"/*; do
        cmp "$one" "$2/${one##*/}" || return 1
    done
}

for book in sorted shuffled sorted-faulty shuffled-faulty; do
    sh month.sh run $book --out $book-whole 2>$book.log
    status=$?
    told=
    case $book in
    *faulty)
        check "$book: set aside" test $status -eq 1 -a "$(wc -l <$book-whole/rejects.csv)" -gt 10
        told="nol: $(sed 1d $book-whole/rejects.csv | grep -c .) rows were set aside; rejects.csv in 'merged' says why [shard-rejects]"
        ;;
    *) check "$book: done" test $status -eq 0 ;;
    esac
    for n in 1 3 16; do
        check "$book: $n shards run" shards $book $n
        merge $book $n merged
        check "$book: $n shards merged: the status of the run" test $? -eq $status
        check "$book: $n shards merged: what is set aside is told" test "$(cat log)" = "$told"
        check "$book: $n shards merged: the same to the byte" same_folder $book-whole merged
    done
done
check 'sorted or not: the same accounts' cmp sorted-3-of-16/arrears.csv shuffled-3-of-16/arrears.csv
for k in 1 2 3; do
    check "shard $k of 3 has its part" test "$(wc -l <sorted-$k-of-3/arrears.csv)" -gt 500
    check "shard $k of 3 verifies" sh month.sh verify shuffled-faulty shuffled-faulty-$k-of-3 --shard $k/3
    sed 1d sorted-$k-of-3/arrears.csv | cut -d , -f 4 | grep . | sort -u
done >borrowers
check 'a borrower is in one shard' test "$(sort borrowers | uniq -d | wc -l)" -eq 0 -a "$(wc -l <borrowers)" -gt 300
check 'money of nobody is in one shard' test "$(cat sorted-?-of-3/unidentified.csv | grep -c '^U')" -eq 3

# --- what merge refuses: the old result stays, nothing else is left ---

merge sorted 3 out
cp -R out old

refused() { # NAME WHAT DIR...: exit 1, and the messages have WHAT
    refusal=$1
    what=$2
    shift 2
    "$nol" merge "$@" --out out 2>log
    check "$refusal: refused" test $? -eq 1
    check "$refusal: told" grep -F -q -e "$what" log
    check "$refusal: the old result stays" same_folder old out
    check "$refusal: nothing left" test -z "$(find . -maxdepth 1 -name '.*.nol-*')"
}

fresh() { # the shards of 3, to be damaged
    for k in 1 2 3; do
        rm -rf part-$k
        cp -R sorted-$k-of-3 part-$k
    done
}

for file in $(cd sorted-1-of-3 && ls); do
    fresh
    [ "$file" = SHA256SUMS ] || what="part-2/$file: missing; SHA256SUMS lists it [shard-damaged]"
    [ "$file" != SHA256SUMS ] || what='part-2: no folder that a run wrote: it has no SHA256SUMS of one [shard-foreign]'
    rm part-2/$file
    refused "$file removed" "$what" part-1 part-2 part-3
    [ "$file" != SHA256SUMS ] || continue
    # A digit changed, a row lost, the end cut off, an open quote: whatever it is, the digest knows.
    for change in '$s/[0-8]\([^0-9]*\)$/9\1/' '$d' '$s/.$//' '$s/^/"/'; do
        fresh
        sed "$change" part-2/$file >changed
        cmp -s changed part-2/$file && continue
        mv changed part-2/$file
        refused "$file changed by $change" "part-2/$file:" part-1 part-2 part-3
        check "$file changed by $change: damaged" grep -q '\[shard-damaged\]' log
    done
done
fresh
for k in 1 3; do echo >>part-$k/schedule.csv; done
rm part-2/arrears.csv
refused 'several damaged: the missing file' 'part-2/arrears.csv: missing' part-1 part-2 part-3
cp sorted-2-of-3/arrears.csv part-2
refused 'several damaged: the first' 'part-1/schedule.csv: its SHA-256 is' part-3 part-2 part-1
check 'several damaged: the other' grep -F -q 'part-3/schedule.csv: its SHA-256 is' log
fresh
refused 'a shard missing' '1 of 3 shards is missing: 2 [shard-missing]' part-1 part-3
refused 'a shard of another run' "shard.csv: input loans is" part-1 sorted-faulty-2-of-3 part-3
refused 'shards of another number' "it is shard 2/16, but 'part-1' is one of 3 [shard-differs]" part-1 sorted-2-of-16 part-3
chmod 000 part-2/schedule.csv
if [ ! -r part-2/schedule.csv ]; then
    "$nol" merge part-1 part-2 part-3 --out out 2>log
    check 'not to be read: the status of surroundings' test $? -eq 3
fi

# Many shards: as many files are open at a time.
if [ "$(ulimit -H -n)" = unlimited ] || [ "$(ulimit -H -n)" -gt 300 ]; then
    head -n 400 sorted/loans.csv >few.csv
    k=0
    while [ $((k += 1)) -le 200 ]; do
        "$nol" run --rules sorted/rules --loans few.csv --attribute district --attribute sector \
            --as-of 2026-06-30 --shard $k/200 --out few-$k-of-200 2>log || break
    done
    "$nol" run --rules sorted/rules --loans few.csv --attribute district --attribute sector --as-of 2026-06-30 \
        --out few 2>log
    check '200 shards with 64 files allowed' sh -c "ulimit -S -n 64; '$nol' merge few-*-of-200 --out merged"
    check '200 shards: the same to the byte' same_folder few merged
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
