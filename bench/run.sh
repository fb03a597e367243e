#!/usr/bin/env bash
# Benchmarks of the main job on the bundled packs, one JSON line each. Timings are of this machine;
# compare lines of one run, or of two runs on one machine with nothing else going on.
set -euo pipefail
cd "$(dirname "$0")/.."
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
git diff --quiet HEAD 2>/dev/null || commit="$commit+changes"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build/release/bench/attune_bench --home . --work "$folder" --commit "$commit"
