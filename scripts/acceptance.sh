#!/usr/bin/env bash
# Runs every tests/acceptance/ program on the release build and counts.
set -uo pipefail
cd "$(dirname "$0")/.."
passed=0
failed=0
for test in tests/acceptance/*-[0-9]*; do
    echo "== $(basename "$test")"
    if "$test"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "FAILED: $test"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
