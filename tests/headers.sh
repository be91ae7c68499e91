#!/bin/sh
# sh tests/headers.sh 'COMPILER FLAGS' HEADER...
# Every header compiles alone, twice in a row: it includes what it uses and guards itself.
set -u
compile=$1
shift
passed=0
failed=0
for header in "$@"; do
    if printf '#include "%s"\n#include "%s"\n' "$header" "$header" | $compile -I. -x c -fsyntax-only -; then
        passed=$((passed + 1))
    else
        echo "$header does not compile alone"
        failed=$((failed + 1))
    fi
done
if printf '#include "nowhere.h"\n' | $compile -x c -fsyntax-only - 2>/dev/null; then
    echo "a header that does not compile was not noticed"
    failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
