#!/usr/bin/env bash
# Runs Attune and the two fastest peers, irspack and implicit, on the same made data, pair by pair.
# usage: bench/peers/run.sh [options of run.py]
# Exit status 3: the peers cannot be installed here (PyPI is out of reach, or no Python).
set -euo pipefail
cd "$(dirname "$0")/../.."
venv=${ATTUNE_PEERS_VENV:-build/peers-venv}
packages=(irspack==0.5.2 implicit==0.7.3)

if ! "$venv/bin/python" -c 'import irspack, implicit' 2>/dev/null; then
    echo "peers: installing ${packages[*]} into $venv" >&2
    if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "${packages[@]}"; } >&2; then
        echo "peers: pip cannot install ${packages[*]}; is PyPI reachable? Nothing was measured." >&2
        exit 3
    fi
fi
if [ -z "${ATTUNE_BENCH_PROGRAM:-}" ]; then
    cmake --preset release --log-level=WARNING >&2
    cmake --build build/release --target collaborative_bench -j "$(nproc)" >&2
    ATTUNE_BENCH_PROGRAM=build/release/bench/collaborative/collaborative_bench
fi
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
git diff --quiet HEAD 2>/dev/null || commit="$commit+changes"
exec "$venv/bin/python" bench/peers/run.py --program "$ATTUNE_BENCH_PROGRAM" --commit "$commit" "$@"
