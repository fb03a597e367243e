#!/usr/bin/env bash
# Fuzzes every parser of outside bytes by clang's libFuzzer with ASan and UBSan, SECONDS_EACH (60)
# seconds each, as many at once as there are processors. What was found before is the start of the
# next run (build/fuzz/corpus); an input that fails is kept in build/fuzz and named.
set -euo pipefail
cd "$(dirname "$0")/.."
export SECONDS_EACH=${SECONDS_EACH:-60}
jobs=${JOBS:-$(nproc)}

if ! command -v clang++ >/dev/null; then
    echo "fuzz: clang++ is missing; scripts/setup.sh installs it" >&2
    exit 1
fi
mapfile -t targets < <(sed -n 's/^attune_fuzz(\([a-z_]*\).*/\1/p' tests/fuzz/CMakeLists.txt)
cmake --preset dev -B build/fuzz --log-level=WARNING -DATTUNE_COVERAGE=OFF -DATTUNE_LIBFUZZER=ON \
    -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_CXX_FLAGS="-O1 -g1 -fsanitize=fuzzer-no-link" >/dev/null
if ! cmake --build build/fuzz -j "$jobs" --target "${targets[@]}" >build/fuzz.log 2>&1; then
    grep -E "error|FAILED|undefined reference" build/fuzz.log | head -40
    echo "FAILED: the fuzz build; all of its output is in build/fuzz.log"
    exit 1
fi

fuzz() { # fuzz TARGET
    local corpus=corpus/$1 log=$1.log
    cd build/fuzz
    mkdir -p "$corpus"
    if "tests/fuzz/$1" -max_total_time="$SECONDS_EACH" -max_len=65536 "$corpus" >"$log" 2>&1; then
        echo "$1: $(grep -E '^Done ' "$log"), $(find "$corpus" -type f | wc -l) inputs kept"
    else
        tail -40 "$log"
        echo "FAILED: $1; all of its output is in build/fuzz/$log"
        return 1
    fi
}
export -f fuzz
printf '%s\n' "${targets[@]}" | xargs -P "$jobs" -I{} bash -c 'fuzz {}'
