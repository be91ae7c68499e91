#!/bin/sh
# sh tests/same.sh
# One digest for one month, however it is computed: by any number of threads and shards, from sorted and
# shuffled rows, in little memory, in another time zone and language, by another compiler, other optimisation,
# amounts never in a word, with sanitizers, in 32 bits.  Builds what it needs below build/.
set -u
cd "$(dirname "$0")/.." || exit 1
top=$(pwd)
unset MAKEFLAGS MFLAGS MAKELEVEL
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
passed=0
failed=0
jobs=$(nproc 2>/dev/null || echo 2)

failure() { # NAME WHY
    failed=$((failed + 1))
    echo "$1: $2"
    sed 's/^/    /' "$folder/log" | head -n 5
}

build() { # NAME MAKE-VARIABLE...: the program build/same-NAME/nol
    name=$1
    shift
    if ! make --no-print-directory -j"$jobs" OUT="build/same-$name" HERE="build/same-$name" "$@" all \
        >"$folder/log" 2>&1; then
        failure "build $name" 'did not succeed'
        return 1
    fi
}

# --- the books: a generated one, one with faults set aside, the examples ---

"${CC:-cc}" -std=c11 -O2 tests/gen_book.c -o "$folder/gen_book" || exit 1
for order in SORTED SHUFFLED; do
    "$folder/gen_book" 2000 36 6 $order "$folder/made-$order" || exit 1
    mkdir "$folder/faulty-$order" "$folder/examples-$order"
    cp -R "$folder/made-$order/rules" "$folder/made-$order/loans.csv" "$folder/faulty-$order"
    # Bad amounts, accounts nobody has, money of nobody: the same events in either order.
    awk '{ n = substr($0, 2, 9) + 0 } n % 97 == 2 { sub(/,repay,[0-9.]*/, ",repay,-5") }
        n % 1009 == 3 { sub(/,L/, ",M") }
        n % 1511 == 4 { sub(/,L[0-9]*,/, ",,"); sub(/repay/, "unidentified") } { print }' \
        "$folder/made-$order/events.csv" >"$folder/faulty-$order/events.csv"
    cp -R rules "$folder/examples-$order/rules"
done
# The examples are in an order of their own; another is that of their bytes reversed.
cp examples/*.csv "$folder/examples-SORTED"
for file in loans events grants grant-events; do
    (head -n 1 examples/$file.csv && sed 1d examples/$file.csv | LC_ALL=C sort -r) \
        >"$folder/examples-SHUFFLED/$file.csv"
done

# --- a month, and its digest ---

# month NOL BOOK ORDER OUT [OPTION...]: the exit status is 1 for the book with faults and 0 for the others
month() {
    program=$1
    data=$folder/$2-$3
    out=$4
    well=0
    options='--from 2026-06-01 --as-of 2026-06-30'
    case $2 in
    faulty)
        options="$options --quarantine"
        well=1
        ;;
    examples)
        options="--from 2026-10-01 --as-of 2026-10-31 --grants $data/grants.csv --events $data/grant-events.csv"
        ;;
    esac
    shift 4
    # shellcheck disable=SC2086
    $under "$program" run --rules "$data/rules" --loans "$data/loans.csv" --events "$data/events.csv" \
        --attribute district --attribute sector $options --out "$out" "$@" >"$folder/log" 2>&1
    status=$?
    # Of a shard's accounts none may be at fault.
    [ $status -eq $well ] || { [ -n "$shard" ] && [ $status -eq 0 ]; }
}

# One digest for a result: of its SHA256SUMS, which lists the files as they are.  manifest.yaml apart from the
# inputs' digests and rejects.csv apart from line numbers stand for themselves: both say how rows lay.
digest_of() { # OUT
    (cd "$1" && sha256sum -c --quiet SHA256SUMS) >"$folder/log" 2>&1 || return 1
    {
        grep -v -e '  manifest\.yaml$' -e '  rejects\.csv$' "$1/SHA256SUMS"
        sed 's/^    sha256: .*//' "$1/manifest.yaml"
        [ ! -f "$1/rejects.csv" ] || cut -d , -f 1,3- "$1/rejects.csv" | LC_ALL=C sort
    } | sha256sum | cut -d ' ' -f 1
}

under=
shard=
judged() { # NAME BOOK OUT: against the first of the book
    if ! digest=$(digest_of "$3"); then
        failure "$1, $2" 'not all files are as SHA256SUMS says'
    elif [ ! -f "$folder/$2.digest" ]; then
        echo "$digest" >"$folder/$2.digest"
        passed=$((passed + 1))
    elif [ "$digest" = "$(cat "$folder/$2.digest")" ]; then
        passed=$((passed + 1))
    else
        : >"$folder/log"
        failure "$1, $2" "another digest: $digest"
    fi
    rm -rf "$3"
}

same() { # NAME NOL ORDER [OPTION...]: all books
    what=$1
    with=$2
    order=$3
    shift 3
    for book in made faulty examples; do
        if month "$with" $book "$order" "$folder/out" "$@"; then
            judged "$what" $book "$folder/out"
        else
            failure "$what, $book" "ended with status $status"
        fi
    done
}

sharded() { # N ORDER: all books by N shards, merged from the last to the first
    for book in made faulty examples; do
        dirs=
        shard=1
        while [ $shard -le "$1" ]; do
            month "$nol" $book "$2" "$folder/shard-$shard" --shard "$shard/$1" ||
                failure "shard $shard of $1, $book" "ended with status $status"
            dirs="$folder/shard-$shard $dirs"
            shard=$((shard + 1))
        done
        shard=
        # shellcheck disable=SC2086
        "$nol" merge $dirs --out "$folder/out" >"$folder/log" 2>&1
        status=$?
        if [ $status -eq "$well" ]; then
            judged "$1 shards, $2" $book "$folder/out"
        else
            failure "$1 shards, $2, $book" "merge ended with status $status"
        fi
        # shellcheck disable=SC2086
        rm -rf $dirs
    done
}

# --- by one program ---

build gcc CC=gcc V=release || { echo "$passed passed, $failed failed" && exit 1; }
nol=$top/build/same-gcc/nol
for threads in 1 2 7; do
    same "$threads threads" "$nol" SORTED --threads $threads
    same "$threads threads, shuffled" "$nol" SHUFFLED --threads $threads
done
takes() { # OPTION: does `nol run`?
    "$nol" run --help | grep -q -e "^  $1 "
}
if takes --memory; then
    same 'little memory, shuffled' "$nol" SHUFFLED --memory 16M
else
    echo 'note: same: no --memory yet'
fi
if takes --shard; then
    for n in 1 3 16; do
        sharded $n SORTED
    done
    sharded 3 SHUFFLED
else
    echo 'note: same: no --shard yet'
fi
for zone in Pacific/Kiritimati America/St_Johns; do
    under="env TZ=$zone LC_ALL=tr_TR.UTF-8 LANG=id_ID.UTF-8"
    same "time zone $zone" "$nol" SORTED
done
# A locale that is installed; the one above may not be.
under="env LC_ALL=$(locale -a 2>/dev/null | grep -v -e '^C$' -e '^POSIX$' | head -n 1)"
same 'another locale' "$nol" SORTED
under=

# --- by other builds ---

for variant in debug limbs san tsan; do
    build $variant V=$variant || continue
    # Address randomisation may leave the thread sanitizer no room.
    "$top/build/same-$variant/nol" --version >/dev/null 2>&1 || under='setarch -R'
    same "V=$variant" "$top/build/same-$variant/nol" SORTED --threads 2
    same "V=$variant, shuffled" "$top/build/same-$variant/nol" SHUFFLED --threads 3
    under=
done
if command -v clang >/dev/null; then
    for variant in release limbs san; do
        build clang-$variant CC=clang V=$variant || continue
        same "clang, V=$variant" "$top/build/same-clang-$variant/nol" SORTED --threads 2
    done
else
    echo 'note: same: no clang'
fi
echo '#include <gmp.h>
#include <yaml.h>
#include <openssl/evp.h>
int main(void) { mpz_t z; mpz_init(z); return yaml_get_version_string() == 0 || EVP_sha256() == 0; }' \
    >"$folder/bits.c"
if gcc -m32 "$folder/bits.c" -o "$folder/bits" -lgmp -lyaml -lcrypto >"$folder/log" 2>&1 &&
    "$folder/bits"; then
    build 32 CC='gcc -m32' V=release &&
        same '32 bits' "$top/build/same-32/nol" SORTED --threads 2
else
    echo 'note: same: no 32 bits: gcc -m32 or a library for it is not there'
fi

echo "note: same: the digest is $(cat "$folder"/*.digest | sha256sum | cut -d ' ' -f 1)"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
