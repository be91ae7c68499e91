#!/bin/sh
# sh tests/layers.sh
# The order of engine/LAYERS holds: no module includes a later one, engine/ includes nothing of cli/, every module is
# listed once and every listed one is there.  cli/ sees nol.h only.
set -u
here=$(cd "$(dirname "$0")" && pwd)

# Files that use a later module, because that one is a part of theirs: an account allocates money to its rows and
# changes what they owe, a run writes its manifest.
parts=' account.c:allocation.h account.c:owed.h account.c:tranche.h account.c:fee.h account.c:penalty.h'
parts="$parts account.c:relief.h account.c:reschedule.h account.c:forgiveness.h"
parts="$parts run.c:manifest.h run.c:shard_state.h "

# check_layers ENGINE CLI: one line per breach, then `N modules`.
check_layers() {
    awk -v engine="$1" -v cli="$2" -v parts="$parts" '
        function module(file) { sub(/^.*\//, "", file); sub(/\.[ch]$/, "", file); return file }
        FILENAME == engine "/LAYERS" {
            if ($0 ~ /^#/ || $0 == "") next
            if ($0 in rank) print "LAYERS: " $0 " stands twice"
            rank[$0] = ++count
            next
        }
        FNR == 1 {
            base = FILENAME; sub(/^.*\//, "", base)
            inside = index(FILENAME, engine "/") == 1
            if (inside && base != "banned.h") {
                if (!(module(FILENAME) in rank)) print FILENAME ": module is not in LAYERS"
                found[module(FILENAME)] = 1
            }
        }
        /^[ \t]*#[ \t]*include[ \t]*"/ {
            header = $0; sub(/^[^"]*"/, "", header); sub(/".*$/, "", header)
            where = FILENAME ":" FNR ": "
            if (header ~ /\.def$/) next
            if (!inside) {
                if (header != "nol.h" && (getline line < (cli "/" header)) < 0)
                    print where "cli/ may include nol.h and its own headers, not " header
                close(cli "/" header)
                next
            }
            if (header ~ /\//) { print where header " is not in engine/"; next }
            to = module(header)
            if (!(to in rank)) { print where header " is no module of LAYERS"; next }
            if (base ~ /\.c$/ && to == module(FILENAME)) next
            if (rank[to] >= rank[module(FILENAME)] && !index(parts, " " base ":" header " "))
                print where module(FILENAME) " may not include " header ", which is a later module"
        }
        END {
            for (m in rank) if (!(m in found)) print "LAYERS: there is no module " m
            print count + 0 " modules"
        }' "$1/LAYERS" "$1"/*.h "$1"/*.c $(find "$2" -name '*.[ch]' 2>/dev/null)
}

# The check must fail where it should: a later module, cli/ inside engine/, an unlisted and a missing module, and a part
# of engine/ that cli/ may not see.
self_test() {
    folder=$(mktemp -d) || return 1
    mkdir "$folder/engine" "$folder/cli"
    printf 'low\nhigh\ngone\n' >"$folder/engine/LAYERS"
    printf '#include "high.h"\n' >"$folder/engine/low.h"
    printf '#include "low.h"\n' >"$folder/engine/high.h"
    printf '#include "high.h"\n#include "../cli/cli.h"\n' >"$folder/engine/high.c"
    echo 'int unlisted;' >"$folder/engine/unlisted.c"
    echo 'int cli;' >"$folder/cli/cli.h"
    printf '#include "cli.h"\n#include "nol.h"\n#include "low.h"\n' >"$folder/cli/main.c"
    said=$(check_layers "$folder/engine" "$folder/cli" | sed "s,$folder/,," | LC_ALL=C sort)
    rm -rf "$folder"
    wanted='3 modules
LAYERS: there is no module gone
cli/main.c:3: cli/ may include nol.h and its own headers, not low.h
engine/high.c:2: ../cli/cli.h is not in engine/
engine/low.h:1: low may not include high.h, which is a later module
engine/unlisted.c: module is not in LAYERS'
    [ "$said" = "$wanted" ] && return 0
    echo "the check of layers does not find what it must:"
    echo "$said"
    return 1
}

failed=0
self_test || failed=1
cd "$here/.." || exit 1
said=$(check_layers engine cli)
breaches=$(echo "$said" | sed '$d')
if [ -n "$breaches" ]; then
    echo "$breaches"
    failed=$((failed + $(echo "$breaches" | wc -l)))
fi
modules=$(echo "$said" | sed -n '$s/ modules//p')
echo "$((modules + 1 - (failed > 0))) passed, $failed failed"
[ $failed -eq 0 ]
