#!/bin/sh
# sh tests/docs.sh NOL check|write
# docs/rules.md and docs/faults.md are made from the tables that the program reads; every event type is in docs/events.md.
set -eu
nol=$1
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
passed=0
failed=0

"$nol" keys >"$made/rules.md"
sed '/^|---|---|$/q' docs/faults.md >"$made/faults.md"
sed -n 's/^FAULT([A-Z0-9_]*, "\([^"]*\)", "\(.*\)")$/| `\1` | \2 |/p' engine/fault.def >>"$made/faults.md"

for page in rules faults; do
    [ "$2" != write ] || cp "$made/$page.md" "docs/$page.md"
    if cmp -s "$made/$page.md" "docs/$page.md"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "docs/$page.md is not what its table says: make docs"
    fi
done
for type in $(sed -n 's/^EVENT([A-Z_]*, "\([^"]*\)".*/\1/p' engine/event.def); do
    if grep -q "^| \`$type\` |" docs/events.md; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "docs/events.md lacks the event type $type"
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
