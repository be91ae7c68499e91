#!/bin/sh
# sh tests/result.sh FILE COMMAND...
# Run COMMAND, show what it says, and keep its last line `N passed, N failed` in FILE.  A command that does not end
# with such a line has failed once more than it says: it was cut short.
set -u
file=$1
shift
mkdir -p "$(dirname "$file")"
status=0
"$@" >"$file.log" 2>&1 || status=$?
line=$(tail -n 1 "$file.log" | grep -Ex '[0-9]+ passed, [0-9]+ failed')
if [ -z "$line" ]; then
    echo "$1 $2 ended with status $status and without its result" >>"$file.log"
    line='0 passed, 1 failed'
    status=1
elif [ $status -ne 0 ] && [ "${line#*passed, }" = '0 failed' ]; then
    line="${line%%,*}, 1 failed"
fi
echo "$line" >"$file"
case $line in
*', 0 failed') ;;
*) status=1 ;;
esac
# A target that went well needs one line only.
if [ $status -eq 0 ]; then
    sed -n '/^note: /p' "$file.log"
else
    sed '$d' "$file.log"
fi
echo "$(basename "$file"): $line"
exit $status
