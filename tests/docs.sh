#!/bin/sh
# sh tests/docs.sh NOL check|write
# docs/rules.md, docs/faults.md and rules/nol-rules.schema.json are made from the tables that the program reads; every
# event type is in docs/events.md.
set -eu
nol=$1
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
passed=0
failed=0

"$nol" keys >"$made/rules.md"
sed '/^|---|---|$/q' docs/faults.md >"$made/faults.md"
sed -n 's/^FAULT([A-Z0-9_]*, "\([^"]*\)", "\(.*\)")$/| `\1` | \2 |/p' engine/fault.def >>"$made/faults.md"

"$nol" keys --schema >"$made/nol-rules.schema.json"

for page in docs/rules.md docs/faults.md rules/nol-rules.schema.json; do
    [ "$2" != write ] || cp "$made/${page#*/}" "$page"
    if cmp -s "$made/${page#*/}" "$page"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$page is not what its table says: make docs"
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
