#!/usr/bin/env bash
# Every test: layers, unit tests with ASan and UBSan (lines counted), libFuzzer, threads with TSan, and
# on the release build the web application in a browser and the acceptance runs. Prints the coverage of src/
# and ends with a count.
set -uo pipefail
cd "$(dirname "$0")/.."

jobs=${JOBS:-$(nproc)}
minimum_coverage=85
passed=0
failed=0
started=$SECONDS

step() { printf '\n== %s (%d s)\n' "$1" "$((SECONDS - started))"; }

count() { # count NAME COMMAND...: one test
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
    fi
}

finish() {
    printf '\ntook %d s\n%d passed, %d failed\n' "$((SECONDS - started))" "$passed" "$failed"
    [ "$failed" -eq 0 ] && exit 0
    exit 1
}

run_ctest() { # run_ctest FOLDER ARGUMENTS...
    local log
    log=$(mktemp)
    ctest --test-dir "$@" --output-on-failure -j "$jobs" | tee "$log"
    local total bad
    total=$(sed -n 's/.* tests failed out of \([0-9]*\)$/\1/p' "$log")
    bad=$(sed -n 's/.*, \([0-9]*\) tests failed out of [0-9]*$/\1/p' "$log")
    rm -f "$log"
    if [ -z "$total" ] || [ "$total" -eq 0 ]; then
        echo "FAILED: no test ran in $1"
        failed=$((failed + 1))
    else
        passed=$((passed + total - bad))
        failed=$((failed + bad))
    fi
}

build() { # build PRESET TARGETS...
    local preset=$1
    shift
    cmake --preset "$preset" --log-level=WARNING &&
        cmake --build "build/$preset" -j "$jobs" "$@" >"build/$preset.log" 2>&1 && return 0
    grep -E "error|FAILED|undefined reference" "build/$preset.log" | head -40
    echo "FAILED: the $preset build; all of its output is in build/$preset.log"
    failed=$((failed + 1))
    finish
}

# Threads count the same lines without locking, which now and then leaves a count that gcovr cannot
# read: such a line counts as it stands.
coverage() {
    gcovr --root . --object-directory build/dev --filter 'src/' --exclude '.*main\.cpp' \
        --exclude-throw-branches --exclude-unreachable-branches --gcov-ignore-parse-errors \
        --print-summary --fail-under-line "$minimum_coverage" build/dev/src \
        >build/coverage.txt 2>build/coverage.log
    local status=$?
    grep -E "^lines:" build/coverage.txt || tail -5 build/coverage.log
    echo "lines of each file: build/coverage.txt"
    return $status
}

step "layers"
count "layer check" scripts/check_layers.py
count "layer check finds what it should" tests/scripts/check_layers_test.sh
count "operations files fit the program" tests/scripts/operations_files_test.py

step "web application: build, types, unit tests"
count "web application" scripts/build_web.sh --check

step "build with ASan and UBSan"
mkdir -p build
find build/dev -name '*.gcda' -delete 2>/dev/null
build dev
step "tests with ASan and UBSan"
run_ctest build/dev

step "parsers of outside bytes by libFuzzer, 60 s each"
count "libFuzzer" scripts/fuzz.sh

step "line coverage of src/, at least $minimum_coverage %"
count "coverage" coverage

step "build with TSan"
build tsan --target thread_tests
step "tests of what has threads, with TSan"
run_ctest build/tsan -L threads

step "build the product"
build release --target attune collaborative_bench
# The soak looks at memory and not at speed: what does not either goes on beside it.
step "web application in a browser; acceptance, but for speed"
tests/acceptance/service-6-soak >build/soak.txt 2>&1 &
soak=$!
count "browser" scripts/browser_test.sh
about_speed='-(speed|limits|growth|bench|load|freshness|kill|hostile)$'
for test in tests/acceptance/*-[0-9]*; do
    [[ "$test" =~ $about_speed || "$test" =~ -soak$ ]] || count "$(basename "$test")" "$test"
done
soaked() { wait "$soak"; local status=$?; cat build/soak.txt; return $status; }
count "service-6-soak" soaked
step "acceptance: speed"
for test in tests/acceptance/*-[0-9]*; do
    [[ "$test" =~ $about_speed ]] || continue
    options=()
    # What it asks for was asked of a machine that does nothing else: make acceptance holds to it.
    [[ "$test" =~ -limits$ ]] && options=(--figures-only)
    [[ "$test" =~ -load$ ]] && options=(--seconds 3 --figures-only)
    count "$(basename "$test")" "$test" "${options[@]}"
done

finish
