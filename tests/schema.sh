#!/bin/sh
# sh tests/schema.sh NOL
# The JSON Schema and `nol check` against rule files, good and broken (see tests/schema.py).  The schema is judged by a
# validator and a reader of YAML 1.2 that are not ours: Debian's python3-jsonschema and python3-ruamel.yaml.  Where they
# are missing only `nol check` is looked at, and the output says so.
set -u
here=$(cd "$(dirname "$0")" && pwd)
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import jsonschema, ruamel.yaml' 2>/dev/null; then
        exec "$python" -B "$here/schema.py" "$1" --schema
    fi
done
echo "note: schema: python3-jsonschema or python3-ruamel.yaml is missing: no file was held against the schema"
exec python3 -B "$here/schema.py" "$1"
