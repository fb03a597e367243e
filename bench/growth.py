#!/usr/bin/env python3
"""Time and memory of the collaborative core at 1, 4, 16 and 64 million interactions.

Customers grow with the interactions, products stay as they are. Every point is a process of its
own, so that its peak memory is its own too. One JSON line a point, then one a measurement with the
slopes of the least-squares lines through the logarithms: 1 is growth in proportion. On a machine that
does other things too, `cpu_time_slope` (processor time of all threads) says more than `time_slope`. The
status is 1 when a point could not be measured; its measurement then has no slopes.

usage: bench/growth.py [--millions 1 4 16 64] [--only als] [--factors 64]
"""

import argparse
import json
import math
import statistics
import subprocess
import sys

MEASUREMENTS = {
    # name: (arguments, benchmark, its seconds by the clock, its seconds of processor time)
    "data": ([], "planted_feedback", "seconds", "cpu_seconds"),
    "als": (["--als", "cholesky", "--sweeps", "3"], "als", "sweep_seconds", "sweep_cpu_seconds"),
    "als_cg": (["--als", "cg", "--sweeps", "3"], "als", "sweep_seconds", "sweep_cpu_seconds"),
    "item_knn": (["--item-knn"], "item_knn", "seconds", "cpu_seconds"),
    "bpr": (["--bpr"], "bpr", "epoch_seconds", "epoch_cpu_seconds"),
}


def single(figure):
    return statistics.median(figure) if isinstance(figure, list) else figure


def slope(points):
    """Of the least-squares line through the logarithms of (x, y)."""
    xs = [math.log(x) for x, _ in points]
    ys = [math.log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return (sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) /
            sum((x - mean_x) ** 2 for x in xs))


def measure(name, interactions, options):
    """The child's line with its seconds and its own peak memory; None when it failed."""
    arguments, benchmark, clock, processor = MEASUREMENTS[name]
    process = subprocess.run(
        [options.program, "--shape", "20M", "--interactions", str(interactions), "--factors",
         str(options.factors), "--threads", str(options.threads), "--seed", str(options.seed),
         "--commit", options.commit, *arguments], stdout=subprocess.PIPE, text=True, check=False)
    if process.returncode:
        return None
    lines = {line["benchmark"]: line for line in map(json.loads, process.stdout.splitlines())}
    return {**{k: lines["planted_feedback"][k] for k in
               ("commit", "compiler", "cpu", "seed", "threads", "data", "customers", "products")},
            "benchmark": "growth", "measured": name, "interactions": interactions,
            "seconds": single(lines[benchmark][clock]),
            "cpu_seconds": single(lines[benchmark][processor]), "peak_mib": lines["memory"]["peak_mib"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default="build/release/bench/collaborative/collaborative_bench")
    parser.add_argument("--millions", nargs="+", type=float, default=[1, 4, 16, 64])
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS)
    parser.add_argument("--factors", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commit", default="unknown")
    options = parser.parse_args()
    all_measured = True
    for name in options.only or MEASUREMENTS:
        points = []
        for millions in options.millions:
            point = measure(name, int(millions * 1e6), options)
            if point is None:
                print(f"growth: {name} at {millions} million failed", file=sys.stderr)
                all_measured = False
                break
            print(json.dumps(point), flush=True)
            points.append(point)
        if len(points) < max(2, len(options.millions)):
            continue
        print(json.dumps({
            "benchmark": "growth_slope", "measured": name, "commit": options.commit,
            "interactions": [point["interactions"] for point in points],
            **{key: [point[key] for point in points]
               for key in ("seconds", "cpu_seconds", "peak_mib")},
            **{name: slope([(point["interactions"], point[key]) for point in points])
               for name, key in (("time_slope", "seconds"), ("cpu_time_slope", "cpu_seconds"),
                                 ("memory_slope", "peak_mib"))}}),
            flush=True)
    sys.exit(0 if all_measured else 1)


if __name__ == "__main__":
    main()
