#!/usr/bin/env bash
# The web application in a real browser on the real server: tests/browser. Debian's chromium must be there.
#
# usage: browser_test.sh [--screenshots]
#   --screenshots  also write docs/screenshots/
# ATTUNE is the program to test, build/release/attune if not set; CHROMIUM the browser.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
ATTUNE=$(realpath -m "${ATTUNE:-$root/build/release/attune}")
[ -x "$ATTUNE" ] || { echo "browser_test: $ATTUNE is missing; make build makes it" >&2; exit 1; }
export ATTUNE
cd "$root/tests/browser"

case "${1:-}" in
    "") ;;
    --screenshots)
        export ATTUNE_SCREENSHOTS=$root/docs/screenshots
        mkdir -p "$ATTUNE_SCREENSHOTS"
        ;;
    *) echo "browser_test: unknown argument '$1'; use --screenshots" >&2; exit 2 ;;
esac

CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
[ -n "$CHROMIUM" ] || { echo "browser_test: chromium is missing; scripts/setup.sh --browser installs it" >&2; exit 1; }
export CHROMIUM

stamp=node_modules/.attune-packages
packages=$(sha256sum <package-lock.json)
if [ "$(cat "$stamp" 2>/dev/null)" != "$packages" ]; then
    npm ci --no-audit --no-fund --loglevel=error
    echo "$packages" >"$stamp"
fi
exec node --test --test-reporter=spec all.test.mjs
