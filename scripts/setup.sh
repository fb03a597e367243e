#!/usr/bin/env bash
# Installs what building, testing and running Attune needs on Debian 12 or Ubuntu 24.04.
# Takes a fraction of a second when nothing is missing.
#
# usage: setup.sh [--check] [--lint] [--fuzz] [--browser]
#   --check  only say what is missing, exit 1 if anything is
#   --lint   also what `make lint` needs
#   --fuzz   also clang's libFuzzer
#   --browser  also the browser of scripts/browser_test.sh
set -euo pipefail

check_only=false
lint=false
fuzz=false
browser=false
for argument in "$@"; do
    case "$argument" in
        --check) check_only=true ;;
        --lint) lint=true ;;
        --fuzz) fuzz=true ;;
        --browser) browser=true ;;
        *) echo "setup: unknown argument '$argument'; use --check, --lint, --fuzz or --browser" >&2; exit 2 ;;
    esac
done

packages=(
    # tools
    build-essential ccache cmake gcovr git make mold ninja-build pkg-config python3
    clang-format
    # core, domain
    libcli11-dev libexpected-dev libfmt-dev libtoml11-dev libxxhash-dev
    nlohmann-json3-dev
    # storage
    libsoci-dev libsqlite3-dev sqlite3
    # ingest
    libexpat1-dev liblzma-dev libsimdjson-dev libxlsxwriter-dev libzip-dev xz-utils zlib1g-dev
    # text, explain
    libicu-dev libkainjow-mustache-dev libstemmer-dev
    # math, models
    libeigen3-dev libhnswlib-dev libhwy-dev libxgboost-dev
    # access
    libjwt-dev libsodium-dev
    # http
    libasio-dev librestinio-dev libssl-dev prometheus-cpp-dev
    # cli
    libgoogle-perftools-dev
    # evaluation report
    libjs-chart.js
    # tests
    libgmock-dev libgtest-dev librapidcheck-dev openssl python3-jsonschema python3-yaml wrk
)
$lint && packages+=(clang-tidy)
$fuzz && packages+=(clang libclang-rt-dev llvm)
# Another Chromium will do as well.
$browser && packages+=(fonts-dejavu-core)
if $browser && ! command -v chromium chromium-browser >/dev/null; then packages+=(chromium); fi

# web: any Node.js from 18 on will do, also one that is not Debian's (and brings its own npm).
node_major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
if [ "$node_major" -lt 18 ] || ! command -v npm >/dev/null; then packages+=(nodejs npm); fi

if ! command -v dpkg-query >/dev/null; then
    echo "setup: this script needs Debian 12, Ubuntu 24.04 or a relative of theirs." >&2
    echo "setup: elsewhere, install the counterparts of: ${packages[*]}" >&2
    exit 1
fi

installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
missing=()
for package in "${packages[@]}"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "setup: missing: ${missing[*]}"
$check_only && exit 1

if [ "$(id -u)" -eq 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
else
    echo "setup: neither root nor able to use sudo. Ask an administrator to run:" >&2
    echo "    apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi

"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"

echo "setup: done"
