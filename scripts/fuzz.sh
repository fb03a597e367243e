#!/usr/bin/env bash
# Runs every fuzz target under clang's libFuzzer with ASan and UBSan, SECONDS_EACH (60) seconds each.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset dev -B build/fuzz --log-level=WARNING -DATTUNE_COVERAGE=OFF -DATTUNE_LIBFUZZER=ON \
    -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_CXX_FLAGS="-O1 -g1 -fsanitize=fuzzer-no-link"
targets=$(sed -n 's/^attune_fuzz(\([a-z_]*\).*/\1/p' tests/fuzz/CMakeLists.txt)
for target in $targets; do
    cmake --build build/fuzz --target "$target"
    mkdir -p "build/fuzz/corpus/$target"
    (cd build/fuzz && "tests/fuzz/$target" -max_total_time="${SECONDS_EACH:-60}" -max_len=65536 \
        "corpus/$target")
done
