#!/usr/bin/env python3
"""Fails when an include under src/ points upward or sideways, or brings a library to a wrong module.

usage: check_layers.py [ROOT]   (ROOT holds src/; default: the repository)
"""

import pathlib
import re
import sys

LAYERS = [
    {"core"},
    {"math", "domain"},
    {"storage", "ingest", "text", "features", "privacy"},
    {"models", "neural", "risk", "feedback", "fairness"},
    {"ranking", "explain", "evaluation", "synth", "experiments"},
    {"serving", "advisor", "jobs", "access"},
    {"http", "cli"},
]
LAYER_OF = {module: number for number, layer in enumerate(LAYERS) for module in layer}

# Modules of a layer that may not see some lower module, and third-party headers with one home.
FORBIDDEN = {module: {"storage", "ingest"} for layer in (3, 4) for module in LAYERS[layer]}
FORBIDDEN["http"] = {module for module in LAYER_OF if module not in
                     {"core", "domain", "serving", "advisor", "jobs", "access", "http"}}
HOMES = {
    re.compile(r"^(soci/|sqlite3\.h|libpq)"): {"storage"},
    re.compile(r"^torch/"): {"neural"},
    re.compile(r"^(restinio|asio|prometheus)/|^asio\.hpp"): {"http"},
    re.compile(r"^xgboost/"): {"models", "risk"},
    re.compile(r"^(sodium|jwt)\.h"): {"access"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def problems_in(path: pathlib.Path, module: str):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = match.group(2)
        for pattern, homes in HOMES.items():
            if pattern.match(target) and module not in homes:
                yield number, f"<{target}> belongs in {' or '.join(sorted(homes))} only"
        other = target.split("/")[0]
        if other == module or (match.group(1) == "<" and other not in LAYER_OF):
            continue
        if other not in LAYER_OF:
            yield number, f'"{target}" names no module; write "module/file.hpp"'
        elif module != "cli" and LAYER_OF[other] >= LAYER_OF[module]:
            yield number, f'"{target}" is not below: {module} is layer {LAYER_OF[module]}, ' \
                          f"{other} is layer {LAYER_OF[other]}"
        elif other in FORBIDDEN.get(module, set()):
            yield number, f"{module} may not include {other}"


def main() -> int:
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent
    sources = sorted(p for p in (root / "src").rglob("*") if p.suffix in {".hpp", ".cpp", ".h"})
    if not sources:
        print(f"layers: no sources under {root / 'src'}", file=sys.stderr)
        return 2
    failures = 0
    for path in sources:
        module = path.relative_to(root / "src").parts[0]
        if module not in LAYER_OF:
            print(f"{path}: module '{module}' has no layer", file=sys.stderr)
            failures += 1
            continue
        for number, problem in problems_in(path, module):
            print(f"{path}:{number}: {problem}", file=sys.stderr)
            failures += 1
    print(f"layers: {len(sources)} files, {failures} includes that point the wrong way")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
