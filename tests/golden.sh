#!/bin/sh
# Golden cases: sh tests/golden.sh NOL [CASE...]      (NOL: path of the program, such as build/nol)
#               UPDATE=1 sh tests/golden.sh NOL [CASE...]
#               sh tests/golden.sh --digest CASE
#
# Every folder golden/CASE is a case:
#   cmd      shell lines that use `nol`; run by sh in a copy of the folder, with nothing in the environment but
#            PATH, LC_ALL=C and TZ=UTC
#   stdout, stderr, exit    what is expected (missing: empty, empty, 0)
#   files/   files expected after the run, by their path in the copy: files/out/arrears.csv; others are not compared
#   absent   paths, one a line, that must not exist after the run
#   why.md   where the expected figures come from: hand calculation and source.  Its line `digest: ...` names the
#            expected files it explains; UPDATE=1 rewrites the expected files but never why.md, so that changed
#            figures need a changed explanation.  `--digest CASE` prints the digest to write.
#
# Only failures are printed, with a diff.  The runner is guarded by a case with one wrong figure that must fail.
set -u
here=$(cd "$(dirname "$0")" && pwd)
golden=${GOLDEN:-$here/../golden}

# The files that a case's digest covers, in a fixed order.
expected_files() {
    (cd "$1" && { ls stdout stderr exit absent; find files -type f; } 2>/dev/null | LC_ALL=C sort)
}

# What is covered is each name and its bytes.
digest_of() {
    expected_files "$1" | while IFS= read -r name; do
        printf '%s\n' "$name"
        cat "$1/$name"
    done | sha256sum | cut -d ' ' -f 1
}

# differs EXPECTED ACTUAL NAME: a missing EXPECTED is empty.
differs() {
    expected=$1
    [ -f "$expected" ] || expected=/dev/null
    if [ ! -f "$2" ]; then
        echo "    $3: not written"
        return 0
    fi
    cmp -s "$expected" "$2" && return 1
    echo "    $3: - expected, + actual"
    diff -u "$expected" "$2" | sed -e 1,2d -e 's/^/    /' | head -n 40
}

why_holds() {
    if [ ! -s "$1/why.md" ]; then
        echo "    why.md is missing"
        return 1
    fi
    written=$(sed -n 's/^digest: *//p' "$1/why.md")
    digest=$(digest_of "$1")
    [ "$written" = "$digest" ] && return 0
    echo "    why.md does not explain these figures; once it does: digest: $digest"
    return 1
}

run_case() { # CASE FOLDER, in which copy/ stdout stderr exit appear
    cp -R "$1" "$2/copy"
    (
        cd "$2/copy" && rm -rf stdout stderr exit absent files why.md &&
            env -i PATH="$NOL_PATH:/usr/local/bin:/usr/bin:/bin" LC_ALL=C TZ=UTC \
                sh ./cmd >"$2/stdout" 2>"$2/stderr" </dev/null
        echo $? >"$2/exit"
    )
}

compare_case() { # CASE FOLDER -> prints the differences
    failed=0
    [ -f "$1/exit" ] || echo 0 >"$2/zero"
    differs "$1/stdout" "$2/stdout" stdout && failed=1
    differs "$1/stderr" "$2/stderr" stderr && failed=1
    if [ -f "$1/exit" ]; then
        differs "$1/exit" "$2/exit" exit && failed=1
    else
        differs "$2/zero" "$2/exit" exit && failed=1
    fi
    for name in $(cd "$1" && find files -type f 2>/dev/null | sed 's,^files/,,' | LC_ALL=C sort); do
        differs "$1/files/$name" "$2/copy/$name" "$name" && failed=1
    done
    while IFS= read -r name; do
        if [ -e "$2/copy/$name" ]; then
            echo "    $name: exists, but must not"
            failed=1
        fi
    done <<END
$(cat "$1/absent" 2>/dev/null || echo .no-such-path)
END
    return $failed
}

update_case() { # CASE FOLDER
    for name in stdout stderr; do
        if [ -s "$2/$name" ]; then cp "$2/$name" "$1/$name"; else rm -f "$1/$name"; fi
    done
    if [ "$(cat "$2/exit")" = 0 ]; then rm -f "$1/exit"; else cp "$2/exit" "$1/exit"; fi
    for name in $(cd "$1" && find files -type f 2>/dev/null | sed 's,^files/,,'); do
        if [ -f "$2/copy/$name" ]; then cp "$2/copy/$name" "$1/files/$name"; else rm "$1/files/$name"; fi
    done
}

# One case in a process of its own: prints its differences under its name, leaves its verdict in $RESULTS.
one() {
    case_dir=$1
    case_name=$(basename "$case_dir")
    folder=$(mktemp -d "$RESULTS/case.XXXXXX")
    if [ ! -f "$case_dir/cmd" ]; then
        echo "    cmd is missing" >"$folder/report"
    else
        run_case "$case_dir" "$folder"
        [ "${UPDATE:-0}" = 1 ] && update_case "$case_dir" "$folder"
        {
            compare_case "$case_dir" "$folder"
            why_holds "$case_dir"
        } >"$folder/report"
    fi
    if [ -s "$folder/report" ]; then
        { echo "FAILED $case_name"; cat "$folder/report"; } >"$RESULTS/$case_name.failed"
    else
        : >"$RESULTS/$case_name.passed"
    fi
    rm -rf "$folder"
}

# A case of which one expected figure, or the explanation, is wrong must be reported as failed.
guard() {
    mkdir -p "$RESULTS/guard/wrong-figure/files" "$RESULTS/guard/wrong-digest" "$RESULTS/guard/no-why" \
        "$RESULTS/guard/right/files"
    for name in wrong-figure wrong-digest no-why right; do
        echo "echo 694000 | tee figure" >"$RESULTS/guard/$name/cmd"
        echo 694000 >"$RESULTS/guard/$name/stdout"
    done
    echo 694000 >"$RESULTS/guard/right/files/figure"
    echo 694001 >"$RESULTS/guard/wrong-figure/files/figure"
    for name in wrong-figure right; do
        echo "digest: $(digest_of "$RESULTS/guard/$name")" >"$RESULTS/guard/$name/why.md"
    done
    echo "digest: 0" >"$RESULTS/guard/wrong-digest/why.md"
    for name in wrong-figure wrong-digest no-why right; do
        UPDATE=0 one "$RESULTS/guard/$name"
    done
    for name in wrong-figure wrong-digest no-why; do
        if [ ! -f "$RESULTS/$name.failed" ]; then
            echo "golden.sh: the guard case $name was not reported: the runner is broken" >&2
            exit 1
        fi
        rm "$RESULTS/$name.failed"
    done
    if [ ! -f "$RESULTS/right.passed" ]; then
        echo "golden.sh: the guard case right failed: the runner is broken" >&2
        cat "$RESULTS/right.failed" >&2
        exit 1
    fi
    rm "$RESULTS/right.passed"
}

case ${1:-} in
"")
    echo "usage: golden.sh NOL [CASE...] | --digest CASE" >&2
    exit 2
    ;;
--digest)
    digest_of "$golden/$(basename "$2")"
    exit
    ;;
--one) # for xargs below
    one "$2"
    exit
    ;;
esac

nol=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
[ -x "$nol" ] || { echo "golden.sh: $1 cannot be run" >&2; exit 1; }
shift
RESULTS=$(mktemp -d "${TMPDIR:-/tmp}/golden.XXXXXX")
trap 'rm -rf "$RESULTS"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$RESULTS/bin"
ln -s "$nol" "$RESULTS/bin/nol"
NOL_PATH=$RESULTS/bin
export RESULTS NOL_PATH
guard
rm -rf "$RESULTS/guard"

if [ $# -gt 0 ]; then
    for name; do echo "$golden/$(basename "$name")"; done
else
    find "$golden" -mindepth 1 -maxdepth 1 -type d | LC_ALL=C sort
fi >"$RESULTS/cases"
if [ ! -s "$RESULTS/cases" ]; then
    echo "golden.sh: no cases in $golden" >&2
    echo "0 passed, 1 failed"
    exit 1
fi
xargs -P "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" -n 1 sh "$0" --one <"$RESULTS/cases"

for report in "$RESULTS"/*.failed; do
    [ -f "$report" ] && cat "$report"
done
passed=$(find "$RESULTS" -name '*.passed' | wc -l)
failed=$(($(wc -l <"$RESULTS/cases") - passed))
echo "$((passed)) passed, $((failed)) failed"
[ "$failed" = 0 ]
