#!/bin/sh
# sh tests/nofloat.sh 'FLAGS' FILE...
# gcc -mgeneral-regs-only refuses code that needs a floating-point register, so what compiles has none.  (clang accepts
# the option without refusing the code.)
set -u
flags=$1
shift
compiler=${NOFLOAT_CC:-gcc}

# -O0: at higher levels glibc's own inline atof() is compiled along.
compiles() {
    # shellcheck disable=SC2086
    "$compiler" $flags -w -O0 -mgeneral-regs-only -S -o /dev/null "$@"
}

if ! echo 'int f(int a) { return a + 1; }' | compiles -x c - 2>/dev/null; then
    echo "note: nofloat skipped: no gcc with -mgeneral-regs-only for this machine"
    echo '0 passed, 0 failed'
    exit 0
fi
passed=0
failed=0
if echo 'double f(double a) { return a * 2; }' | compiles -x c - 2>/dev/null; then
    echo "floating point was not noticed"
    failed=1
fi
for file in "$@"; do
    if compiles "$file"; then
        passed=$((passed + 1))
    else
        echo "$file has floating point"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
