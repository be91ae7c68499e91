#!/bin/sh
# sh tests/threads.sh NOL
# The same bytes for any number of threads, sorted rows or not, with faults in the book or not.
set -u
nol=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
cd "$folder" || exit 1
passed=0
failed=0
# Address randomisation may leave the thread sanitizer no room.
plain=
"$nol" --version >/dev/null 2>&1 || plain='setarch -R'

"${CC:-cc}" -std=c11 -O2 "$here/gen_book.c" -o gen_book && ./gen_book 3000 12 4 SORTED sorted &&
    ./gen_book 3000 12 4 SHUFFLED shuffled || exit 1
# Some accounts at fault: in the beginning, in the middle, at the end, and one nobody knows.
for order in sorted shuffled; do
    mkdir $order-faulty
    cp -R $order/rules $order/loans.csv $order-faulty
    awk '{ print }
        /^E(000000001|000007000),/ { sub(/^E/, "X"); sub(/,repay,[0-9.]*/, ",repay,-5"); print }
        /^E000000001,/ { print "Y1,L00003000,2026-01-01,repay,0,"; print "Y2,Z,2026-01-01,repay,5," }' \
        $order/events.csv >$order-faulty/events.csv
done
# In good order but for one row near the end, which is noticed late.
cp -R sorted-faulty late-faulty
(head -n 1 sorted-faulty/events.csv && sed 1d sorted-faulty/events.csv | LC_ALL=C sort -s -t , -k 2,2) >sorted-events
mv sorted-events sorted-faulty/events.csv
(sed '/^E000000002,/d' sorted-faulty/events.csv && grep '^E000000002,' sorted-faulty/events.csv) >late-faulty/events.csv

month() { # BOOK THREADS
    $plain "$nol" run --rules "$1/rules" --loans "$1/loans.csv" --events "$1/events.csv" --attribute district \
        --attribute sector --from 2026-06-01 --as-of 2026-06-30 --quarantine --threads "$2" --out "$1-$2" 2>"$1-$2.log"
    echo $? >"$1-$2.status"
}

same() { # NAME FILE FILE
    if cmp "$2" "$3" >cmp.log 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$1: $2 and $3 differ"
        cat cmp.log
    fi
}

for book in sorted shuffled sorted-faulty shuffled-faulty late-faulty; do
    for threads in 1 2 3 8; do
        month $book $threads
    done
    case $book in
    *faulty) wanted=1 ;;
    *) wanted=0 ;;
    esac
    echo $wanted >wanted
    same "exit status of $book" wanted $book-1.status
    for threads in 2 3 8; do
        same "$book with $threads threads" $book-1/SHA256SUMS $book-$threads/SHA256SUMS
        same "messages of $book with $threads threads" $book-1.log $book-$threads.log
        same "exit status of $book with $threads threads" $book-1.status $book-$threads.status
    done
done
for name in schedule allocations arrears portfolio classes movement migration unidentified; do
    same "order of rows, $name" sorted-1/$name.csv shuffled-1/$name.csv
    same "order of faulty rows, $name" sorted-faulty-1/$name.csv shuffled-faulty-1/$name.csv
    same "one faulty row late, $name" sorted-faulty-1/$name.csv late-faulty-1/$name.csv
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
