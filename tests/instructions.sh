#!/bin/sh
# sh tests/instructions.sh NOL [VARIANT]
# Instructions for each schedule row, counted, against the ceiling of tests/instructions.txt: unlike seconds
# they are the same on a busy machine and on an idle one.  Two sizes of book and their difference, so that
# what does not grow with the book (starting, rule files) falls away.  One thread.  All instructions of the
# process but those of libcrypto: valgrind's processor has none made for SHA-256, a real one has.
# Another VARIANT than release, or a build by another compiler than the ceiling's, is not judged.
#
# sh tests/instructions.sh --list NOL
# The number and where it comes from, by source file, for those who want it lower.
set -u
list=
if [ "${1:-}" = --list ]; then
    list=yes
    shift
fi
nol=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
variant=${2:-release}
here=$(cd "$(dirname "$0")" && pwd)
rows=36
repays=6
small=1000
large=3000

skip() { # WHY
    echo "note: instructions: $1"
    echo '0 passed, 0 failed'
    exit 0
}

command -v valgrind >/dev/null || skip 'not counted: there is no valgrind'
built_by=$(readelf -p .comment "$nol" 2>/dev/null |
    awk '/clang/ { clang = 1 }
        /GCC:/ { sub(/\..*/, "", $NF); gcc = "gcc-" $NF }
        END { print clang ? "clang" : gcc }')
case $variant-$built_by in
san* | tsan*) skip "not counted: valgrind does not go with V=$variant" ;;
*-clang) skip 'not counted: valgrind does not read all that clang writes' ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

broken() { # WHAT
    echo "instructions.sh: $1"
    tail -n 5 "$folder/log"
    echo '0 passed, 1 failed'
    exit 1
}

# Adds up callgrind's file by object and source file, own costs alone: the line after a `calls=` is the
# callee's.  Names are written out once and then go by their number in brackets.
cat >"$folder/sum.awk" <<'EOF'
function name(kind, text,    id) {
    id = text
    sub(/ .*/, "", id)
    if (text ~ / /) {
        sub(/^[^ ]* /, "", text)
        known[kind, id] = text
    }
    return known[kind, id]
}
/^ob=/ { object = name("object", substr($0, 4)); next }
/^cob=/ { name("object", substr($0, 5)); next }
/^f[lie]=/ { file = name("file", substr($0, 4)); next }
/^cf[li]=/ { name("file", substr($0, 5)); next }
/^calls=/ { callee = 1; next }
/^[0-9+*-]/ {
    if (!callee && object !~ /libcrypto/) sum[object ~ /\/nol$/ ? file : object] += $2
    callee = 0
}
END {
    for (where in sum) {
        short = where
        sub(/.*\//, "", short)
        total[short] += sum[where]
    }
    for (short in total) printf "%s %.0f\n", short, total[short]
}
EOF

# The variants of libc's functions are chosen by processor: these are the plain ones everywhere.
plain=glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-AVX512F,-AVX512VL,-AVX512BW,-ERMS,-FSRM,-SSE4_2,-SSE4_1,-SSSE3
plain=$plain,-Fast_Unaligned_Copy

count() { # LOANS: into $folder/LOANS.sum
    "$folder/gen_book" "$1" $rows $repays SORTED "$folder/$1" >"$folder/log" 2>&1 || broken 'gen_book failed'
    (cd "$folder" && exec env -i PATH="$PATH" HOME=/ TMPDIR="$folder" GLIBC_TUNABLES=$plain \
        valgrind --tool=callgrind --callgrind-out-file=out \
        "$nol" run --rules "$1/rules" --loans "$1/loans.csv" --events "$1/events.csv" --attribute district \
        --attribute sector --from 2026-06-01 --as-of 2026-06-30 --threads 1 --out "month-$1") \
        >"$folder/log" 2>&1 || broken 'the run under valgrind failed'
    awk -f "$folder/sum.awk" "$folder/out" >"$folder/$1.sum"
    wc -l <"$folder/month-$1/schedule.csv" >"$folder/$1.rows"
}

"${CC:-cc}" -std=c11 -O2 "$here/gen_book.c" -o "$folder/gen_book" >"$folder/log" 2>&1 || broken 'no gen_book'
count $small
count $large
more_rows=$(($(cat "$folder/$large.rows") - $(cat "$folder/$small.rows")))
# By file: instructions for each row more.
awk -v rows=$more_rows 'NR == FNR { small[$1] = $2; next }
    { printf "%.1f %s\n", ($2 - small[$1]) / rows, $1 }' \
    "$folder/$small.sum" "$folder/$large.sum" | LC_ALL=C sort -k 1,1rn -k 2 >"$folder/files"
number=$(awk '{ sum += $1 } END { printf "%.0f\n", sum }' "$folder/files")

if [ -n "$list" ]; then
    echo "instructions: $number for each schedule row, without those of SHA-256; by source file:"
    awk -v all="$number" '$1 >= 1 { printf "%10.0f  %4.1f %%  %s\n", $1, 100 * $1 / all, $2 }' "$folder/files"
    exit 0
fi

value() { # NAME: in the file of the ceiling
    sed -n "s/^$1 //p" "$here/instructions.txt"
}

ceiling=$(value instructions)
allowed=$(value percent)
compiler=$(value compiler)
counted="$number for each schedule row"
[ "$variant" = release ] || skip "$counted, not judged: V=$variant"
[ "$built_by" = "$compiler" ] || skip "$counted, not judged: built by $built_by, not $compiler"
case $(uname -m) in
x86_64) ;;
*) skip "$counted, not judged: a processor of another kind" ;;
esac

if [ $((number * 100)) -gt $((ceiling * (100 + allowed))) ]; then
    echo "$number instructions for each schedule row: more than $ceiling and $allowed percent"
    echo 'By source file:'
    head -n 12 "$folder/files"
    echo 'If that is what it has to cost, say why in the commit that raises tests/instructions.txt.'
    echo '0 passed, 1 failed'
    exit 1
fi
if [ $((number * 100)) -lt $((ceiling * (100 - allowed))) ]; then
    echo "note: instructions: $counted, well below $ceiling: lower tests/instructions.txt"
fi
echo '1 passed, 0 failed'
