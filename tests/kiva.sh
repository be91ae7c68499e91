#!/bin/sh
# sh tests/kiva.sh NOL [FOLDER]
# Real schedules and receipts of a third party (Kiva, loans of 2006) against nol's.  The files may not be passed on, so
# they are not part of this repository: without FOLDER the check is skipped.
set -u
nol=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
data=${2:-$here/../../shared/data}
for name in loans schedule payments; do
    if [ ! -f "$data/kiva2006_$name.csv" ]; then
        echo "note: kiva skipped: there is no kiva2006_$name.csv in the folder of data"
        echo '0 passed, 0 failed'
        exit 0
    fi
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
PYTHONDONTWRITEBYTECODE=1 python3 "$here/kiva.py" "$nol" "$data" "$folder"
