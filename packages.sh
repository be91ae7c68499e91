#!/bin/sh
# sh packages.sh
# Install what building and checking nol needs on Debian 12, as far as it is missing; silent when nothing is.
set -eu

# The compiler and the libraries of the program; then what only `make check` and `make fuzz` need.
packages='gcc libc6-dev make libgmp-dev libyaml-dev libssl-dev'
packages="$packages libcmocka-dev python3 clang libclang-rt-dev parallel valgrind"
packages="$packages python3-jsonschema python3-ruamel.yaml"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "packages.sh: this is no Debian (there is no apt-get); install the counterparts of: $packages" >&2
    exit 1
fi

missing=
for package in $packages; do
    # shellcheck disable=SC2016
    case " $(dpkg-query -W -f '${db:Status-Status} ' "$package" 2>/dev/null)" in
    *' installed '*) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "packages.sh: run me as root (there is no sudo) to install:$missing" >&2
        exit 1
    fi
    as_root=sudo
fi

echo "packages.sh: installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Lists may be missing or old: they are fetched first.  What apt says is shown only when it fails.
# shellcheck disable=SC2086
if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    echo "packages.sh: apt-get could not install$missing" >&2
    exit 1
fi
