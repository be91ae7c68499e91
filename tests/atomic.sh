#!/bin/sh
# sh tests/atomic.sh NOL
# Whatever happens to a run, the old output stays whole or the new one is there whole, and nothing else is left: kill
# at any moment, a full disk, an interrupt, no memory, bad rows, folders of somebody else's.
set -u
nol=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
folder=$(mktemp -d)
mounted=
trap '[ -z "$mounted" ] || umount "$folder/small"; rm -rf "$folder"' EXIT
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

# month AS_OF OUT: a run over the example book
month() {
    "$nol" run --rules "$top/rules" --loans loans.csv --events events.csv --attribute district --attribute sector \
        --as-of "$1" --out "$2"
}

# The state of an output folder: the digest of its SHA256SUMS when all that it lists is there as listed, and no more.
state() {
    if [ ! -d "$1" ]; then
        echo none
    elif ! (cd "$1" && sha256sum -c --quiet SHA256SUMS) >/dev/null 2>&1; then
        echo broken
    elif [ "$(find "$1" -mindepth 1 | wc -l)" -ne $(($(wc -l <"$1/SHA256SUMS") + 1)) ]; then
        echo mixed
    else
        sha256sum <"$1/SHA256SUMS"
    fi
}

old_or_new() { # FOLDER
    now=$(state "$1")
    [ "$now" = "$old" ] || [ "$now" = "$new" ]
}

stays_old() {
    [ "$(state "${1:-out}")" = "$old" ]
}

# shellcheck disable=SC2120
nothing_left() { # in FOLDER: no temporary folder of a run
    [ -z "$(find "${1:-.}" -maxdepth 1 -name '.*.nol-*')" ]
}

restore_old() {
    if [ "$(state out)" != "$old" ]; then
        rm -rf out
        cp -R old out
    fi
}

says() { # WHAT...: the last run's message has each
    for what; do
        grep -q -F -e "$what" log || return 1
    done
}

cp "$top/examples/loans.csv" "$top/examples/events.csv" .
month 2026-09-30 old 2>log
check 'the old output' test -s old/SHA256SUMS
month 2026-10-31 new 2>log
check 'the new output' test -s new/SHA256SUMS
old=$(state old)
new=$(state new)
check 'two different outputs' test "$old" != "$new"

# --- every call that changes the disk, one after another: the process dies there, or the call fails ---

preload=
if "${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -shared -fPIC "$here/stop_at.c" -o stop_at.so 2>log &&
    LD_PRELOAD=./stop_at.so "$nol" --version >/dev/null 2>&1; then
    preload=./stop_at.so
else
    echo 'note: atomic: no calls made to fail: the program cannot be preloaded'
fi

stopped() { # HOW N: the run, stopped at the N-th call; its status
    # In a shell of its own, which alone hears of the death.
    sh -c 'LD_PRELOAD="$1" STOP_HOW="$2" STOP_AT="$3" "$4" run --rules "$5/rules" --loans loans.csv --events events.csv \
        --attribute district --attribute sector --as-of 2026-10-31 --out out >log 2>&1; exit $?' \
        stopped "$preload" "$1" "$2" "$nol" "$top" 2>/dev/null
}

killed=0
n=1
while [ -n "$preload" ] && [ $n -le 1000 ]; do
    restore_old
    stopped kill $n
    status=$?
    check "killed at call $n: old or new" old_or_new out
    [ $status -ne 0 ] || break
    killed=$((killed + 1))
    n=$((n + 1))
done
if [ -n "$preload" ]; then
    check 'killed at many calls' test $killed -gt 20
    check 'the run after it: new' test "$(state out)" = "$new"
    check 'the run after it removed what killed runs left' nothing_left
fi

n=1
while [ -n "$preload" ] && [ $n -le $((killed + 1)) ]; do
    restore_old
    stopped full $n
    status=$?
    if [ "$(state out)" = "$old" ]; then
        check "disk full at call $n: status 3" test $status -eq 3
        check "disk full at call $n: message" says '[io]'
        check "disk full at call $n: nothing left" nothing_left
    else # what fails once the new output is in place
        check "disk full at call $n: new" test "$(state out)" = "$new"
        check "disk full at call $n: status 0" test $status -eq 0
    fi
    n=$((n + 1))
done
restore_old
month 2026-10-31 out 2>log
check 'the run after full disks left nothing' nothing_left

for n in ${preload:+1 2 10 20}; do
    restore_old
    stopped interrupt "$n"
    status=$?
    if [ $status -eq 0 ]; then
        check "interrupted at call $n: new" test "$(state out)" = "$new"
    else
        check "interrupted at call $n: old" stays_old
        check "interrupted at call $n: message" says interrupted
    fi
    check "interrupted at call $n: nothing left" nothing_left
done

for n in ${preload:+1 2 3 5 8 12 17 23 30 38 47 57 68 80 93 107 122}; do
    restore_old
    stopped memory "$n"
    status=$?
    if [ $status -eq 0 ]; then
        check "memory ends at $n: new" test "$(state out)" = "$new"
    else
        check "memory ends at $n: status 3" test $status -eq 3
        check "memory ends at $n: message" says '[memory]'
        check "memory ends at $n: old" stays_old
    fi
    check "memory ends at $n: nothing left" nothing_left
done

# The same while several threads are at work: the run ends whole or with status 3.
"${CC:-cc}" -std=c11 -O2 "$here/gen_book.c" -o gen_book && ./gen_book 3000 12 4 SORTED busy
ended_badly() { # N
    STOP_HOW=memory STOP_AT=$1 LD_PRELOAD=$preload "$nol" run --rules busy/rules --loans busy/loans.csv \
        --events busy/events.csv --ignore district --ignore sector --as-of 2026-06-30 --threads 4 --out busy-out
    case $? in
    0) false ;;
    3) ! nothing_left . ;;
    *) true ;;
    esac
}
n=1
badly=
while [ -n "$preload" ] && [ $n -le 400 ]; do
    (ended_badly $n) >/dev/null 2>&1 && badly="$badly $n"
    n=$((n + 3))
done 2>/dev/null
check "memory ends among threads at$badly" test -z "$badly"

# --- kill -9 at moments of the clock, over a book that takes a while ---

./gen_book 6000 36 6 SORTED big
large() { # AS_OF OUT
    exec "$nol" run --rules big/rules --loans big/loans.csv --events big/events.csv --attribute district \
        --attribute sector --as-of "$1" --out "$2"
}
(large 2026-05-31 big-old) 2>log
begun=$(date +%s%N)
(large 2026-06-30 big-new) 2>log
took=$((($(date +%s%N) - begun) / 1000000))
small_old=$old
small_new=$new
old=$(state big-old)
new=$(state big-new)
check 'two different large outputs' test "$old" != "$new" -a -s big-old/SHA256SUMS -a -s big-new/SHA256SUMS
cp -R big-old big-out
i=0
while [ $i -lt 40 ]; do
    (large 2026-06-30 big-out) 2>/dev/null &
    pid=$!
    sleep "$(awk -v took=$took -v i=$i 'BEGIN { printf "%.3f", took * (i % 20 + 1) / 20000 }')"
    { kill -9 $pid && wait $pid; } 2>/dev/null
    check "killed $i of 40: old or new" old_or_new big-out
    if [ "$(state big-out)" != "$old" ]; then
        rm -rf big-out
        cp -R big-old big-out
    fi
    i=$((i + 1))
done 2>/dev/null
(large 2026-06-30 big-out) 2>log
check 'the run after kills: new' test "$(state big-out)" = "$new"
check 'the run after kills left nothing' nothing_left

# An interrupt that comes while it works.
rm -rf big-out
cp -R big-old big-out
(large 2026-06-30 big-out) 2>log &
pid=$!
sleep "$(awk -v took=$took 'BEGIN { printf "%.3f", took / 2000 }')"
kill -INT $pid
wait $pid
status=$?
check 'interrupted: old or new' old_or_new big-out
check 'interrupted: status 3 or done' test $status -eq 3 -o "$(state big-out)" = "$new"
check 'interrupted: nothing left' nothing_left

# --- a disk that is full, a file that may not grow ---

if [ "$(id -u)" -eq 0 ] && mkdir small && mount -t tmpfs -o size=3m none small 2>/dev/null; then
    mounted=yes
    cp -R old small/out
    (exec "$nol" run --rules big/rules --loans big/loans.csv --events big/events.csv --ignore district --ignore sector \
        --as-of 2026-06-30 --out small/out) 2>log
    check 'full disk: status 3' test $? -eq 3
    check 'full disk: message' says '[io]' 'No space left'
    check 'full disk: old' test "$(state small/out)" = "$small_old"
    check 'full disk: nothing left' nothing_left small
    umount small && mounted=
fi
rm -rf big-out
cp -R big-old big-out
(
    ulimit -f 2048
    large 2026-06-30 big-out
) 2>log
check 'file size limit: status 3' test $? -eq 3
check 'file size limit: message' says '[io]'
check 'file size limit: old' stays_old big-out
check 'file size limit: nothing left' nothing_left

# --- no memory, by the system's own limit ---

# The program with address checks needs terabytes of addresses.
# shellcheck disable=SC3045
if (ulimit -v 400000 && "$nol" --version) >/dev/null 2>&1; then
    # Rows that are not sorted are held in memory up to a bound that is beyond these limits.
    ./gen_book 6000 36 6 SHUFFLED shuffled
    mv shuffled/loans.csv shuffled/events.csv big
    (large 2026-06-30 big-new) 2>log
    new=$(state big-new)
    out_of_memory=0
    for limit in 8000 12000 16000 20000 24000 28000; do
        (
            # shellcheck disable=SC3045
            ulimit -v $limit
            large 2026-06-30 big-out
        ) 2>log
        status=$?
        if [ $status -eq 3 ] && says '[memory]'; then
            out_of_memory=$((out_of_memory + 1))
        fi
        # Below what the loader needs the program does not even begin.
        check "limit of $limit kB: ends well" test $status -eq 3 -o $status -eq 0 -o $status -eq 127
        check "limit of $limit kB: old or new" old_or_new big-out
        check "limit of $limit kB: nothing left" nothing_left
    done
    check 'memory was short at some limit' test $out_of_memory -gt 0
fi

# --- refusals leave what is there ---

old=$small_old
new=$small_new
restore_old
cp events.csv good.csv
echo 'E99999,DB-0001,2026-10-30,repay,-1,,,,' >>events.csv
month 2026-10-31 out 2>log
check 'a bad row: status 1' test $? -eq 1
check 'a bad row: message' says '[amount-negative]' "events.csv:$(wc -l <events.csv | tr -d ' '):"
check 'a bad row: old' stays_old
check 'a bad row: nothing left' nothing_left
mv good.csv events.csv

refused() { # NAME OUT MESSAGE
    month 2026-10-31 "$2" 2>log
    status=$?
    check "$1: status" test $status -eq 1 -o $status -eq 3
    check "$1: message" says "$3"
    check "$1: nothing left" nothing_left
}

mkdir foreign empty
echo mine >foreign/diary
refused 'a folder of somebody else' foreign '[output-foreign]'
check 'a folder of somebody else stays' grep -qx mine foreign/diary
refused 'an empty folder' empty '[output-foreign]'
check 'an empty folder stays' rmdir empty
echo mine >file
refused 'a file' file '[output-foreign]'
check 'a file stays' grep -qx mine file
echo mine >out/diary
refused 'an output with something in it' out '[output-foreign]'
check 'an output with something in it stays' grep -qx mine out/diary
rm out/diary
ln -s out link
refused 'a symbolic link' link '[output-foreign]'
check 'a symbolic link stays' test -L link
check 'what it points to stays' stays_old
refused 'no parent folder' nowhere/out '[io]'
check 'no parent folder: none is made' test ! -e nowhere

# A link that looks like a leftover is not followed.
ln -s ../foreign .out.nol-abcdef
month 2026-10-31 out 2>log
check 'a link among leftovers' grep -qx mine foreign/diary
rm -f .out.nol-abcdef

# A parent that may not be written to: root may always, so somebody else tries.
mkdir locked
cp -R old locked/out
as_user=
if [ "$(id -u)" -eq 0 ]; then
    as_user='setpriv --reuid 65534 --regid 65534 --clear-groups'
    cp "$nol" nol
    cp -R "$top/rules" rules
    chmod -R a+rX .
fi
chmod 555 locked
if $as_user true 2>/dev/null && ! $as_user touch locked/probe 2>/dev/null; then
    if [ -n "$as_user" ]; then program=./nol rules=rules; else program=$nol rules=$top/rules; fi
    $as_user "$program" run --rules "$rules" --loans loans.csv --events events.csv --attribute district \
        --attribute sector --as-of 2026-10-31 --out locked/out 2>log
    check 'unwritable parent: status 3' test $? -eq 3
    check 'unwritable parent: message' says '[io]' 'ermission denied'
    check 'unwritable parent: old' stays_old locked/out
    check 'unwritable parent: nothing left' nothing_left locked
fi
chmod 755 locked

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
