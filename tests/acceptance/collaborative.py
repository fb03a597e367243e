"""What the acceptance programs of the collaborative core share: running its benchmark."""

import json
import os
import pathlib
import subprocess
import sys

from harness import ROOT

BENCH = pathlib.Path(os.environ.get(
    "ATTUNE_BENCH_PROGRAM", ROOT / "build/release/bench/collaborative/collaborative_bench"))


def bench(*arguments):
    """The JSON objects that one run of collaborative_bench prints."""
    if not BENCH.exists():
        sys.exit(f"{BENCH} is not there; build it with "
                 "`cmake --build build/release --target collaborative_bench`")
    done = subprocess.run([str(BENCH), *map(str, arguments)], text=True, capture_output=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"collaborative_bench {' '.join(map(str, arguments))}\nended with "
                 f"{done.returncode}:\n{done.stderr or done.stdout}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def line(lines, benchmark, **fields):
    """The one line of a benchmark with these fields."""
    found = [entry for entry in lines if entry["benchmark"] == benchmark and
             all(entry.get(key) == value for key, value in fields.items())]
    if len(found) != 1:
        sys.exit(f"{len(found)} lines of {benchmark} with {fields} instead of one")
    return found[0]
