#!/usr/bin/env bash
# The layer check must fail on each include that points the wrong way, and only on those.
set -euo pipefail
check=$(cd "$(dirname "$0")/../.." && pwd)/scripts/check_layers.py
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

expect() { # expect STATUS MODULE INCLUDE
    rm -rf "$root/src"
    mkdir -p "$root/src/$2"
    printf '#pragma once\n#include %s\n' "$3" >"$root/src/$2/file.hpp"
    local status=0
    "$check" "$root" >"$root/out" 2>&1 || status=$?
    if [ "$status" -ne "$1" ]; then
        echo "layer check: src/$2 with #include $3 gave $status, expected $1" >&2
        cat "$root/out" >&2
        exit 1
    fi
}

expect 0 models '"features/catalogue.hpp"'
expect 0 models '"models/recommender.hpp"'
expect 0 models '<vector>'
expect 0 cli '"storage/stores.hpp"'
expect 0 http '"serving/recommend_service.hpp"'
expect 0 http '"access/access_service.hpp"'
expect 0 access '<sodium.h>'
expect 1 core '"domain/money.hpp"'        # upward
expect 1 math '"domain/money.hpp"'        # sideways
expect 1 features '"models/recommender.hpp"'
expect 1 models '"storage/stores.hpp"'    # models do no I/O
expect 1 ranking '"ingest/row_reader.hpp"'
expect 1 http '"models/recommender.hpp"'
expect 1 serving '<soci/soci.h>'          # SQL only in storage
expect 1 features '<torch/torch.h>'
expect 1 http '<jwt.h>'
expect 1 serving '"access/roles.hpp"'     # sideways
expect 1 models '<serving/training.hpp>'  # the same in angle brackets
expect 1 models '"recommender.hpp"'       # no module named
expect 1 unheard '"core/result.hpp"'      # a module without a layer
rm -rf "$root/src"
mkdir "$root/src"
if "$check" "$root" >/dev/null 2>&1; then
    echo "layer check: a tree without sources passed" >&2
    exit 1
fi
echo "layer check: 21 cases as expected"
