#!/usr/bin/env bash
# Builds the web application into web/dist. Does nothing where it is built from the same sources;
# fetches packages only when web/package-lock.json changed, so that it works offline afterwards.
#
# usage: build_web.sh [--check]
#   --check  also check the types and run the unit tests
set -euo pipefail
cd "$(dirname "$0")/../web"

check=false
for argument in "$@"; do
    case "$argument" in
        --check) check=true ;;
        *) echo "build_web: unknown argument '$argument'; use --check" >&2; exit 2 ;;
    esac
done

fail() {
    echo "build_web: $1" >&2
    exit 1
}

command -v node >/dev/null || fail "Node.js is missing; scripts/setup.sh installs it"
node_major=$(node -p 'process.versions.node.split(".")[0]')
[ "$node_major" -ge 18 ] || fail "Node.js 18 or later is needed, this is $(node --version)"
command -v npm >/dev/null || fail "npm is missing; scripts/setup.sh installs it"

# quietly WHAT COMMAND...: runs the command and shows what it printed only when it fails.
quietly() {
    local what=$1 log
    shift
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        rm -f "$log"
        fail "$what failed"
    fi
    rm -f "$log"
}

packages_stamp=node_modules/.attune-packages
packages="$node_major $(sha256sum <package-lock.json)"
if [ "$(cat "$packages_stamp" 2>/dev/null)" != "$packages" ]; then
    echo "build_web: installing packages"
    quietly "installing the packages of web/package-lock.json (is the network up?)" \
        npm ci --no-audit --no-fund
    echo "$packages" >"$packages_stamp"
fi

# By content and not by time: a checkout of other sources may be older than what is built.
dist_stamp=node_modules/.attune-dist
sources=$(find src public index.html ./*.json ./*.js ./*.ts ../api/openapi.yaml -type f \
    ! -path src/api/schema.d.ts -print0 | sort -z | xargs -0 sha256sum | sha256sum)
if [ ! -f dist/index.html ] || [ "$(cat "$dist_stamp" 2>/dev/null)" != "$packages $sources" ]; then
    quietly "building the web application" npm run --silent build
    echo "$packages $sources" >"$dist_stamp"
fi

if $check; then
    quietly "checking the types of the web application" npm run --silent check
    quietly "testing the web application" npm run --silent test
fi
