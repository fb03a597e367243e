"""What the acceptance programs share: running attune, checking figures, printing them last.

--figures-only, to those that ask for speed: how fast it is is printed and not held to, for a machine
that does other things too.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ATTUNE = pathlib.Path(os.environ.get("ATTUNE_PROGRAM", ROOT / "build/release/attune"))
DATA = ROOT / "data"


class Run:
    """One finished run of the program."""

    def __init__(self, arguments, folder, check=True):
        start = time.monotonic()
        done = subprocess.run([str(ATTUNE), *map(str, arguments)], cwd=folder, text=True,
                              capture_output=True, check=False)
        self.seconds = time.monotonic() - start
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr
        if check and self.status != 0:
            sys.exit(f"attune {' '.join(map(str, arguments))}\nended with {self.status}:\n"
                     f"{self.err or self.out}")

    def last(self):
        """The JSON object of the last line."""
        return json.loads(self.out.strip().splitlines()[-1])


class Acceptance:
    """Collects checks and figures; `finish` prints the figures last and exits."""

    def __init__(self):
        if not ATTUNE.exists():
            sys.exit(f"{ATTUNE} is not there; build it with `make build`")
        self.folder = tempfile.TemporaryDirectory(prefix="attune-acceptance-")
        self.failures = 0
        self.figures = []

    def attune(self, *arguments, check=True):
        return Run(arguments, self.folder.name, check)

    def path(self, name):
        return pathlib.Path(self.folder.name) / name

    def expect(self, what, condition, seen=""):
        if not condition:
            self.failures += 1
            print(f"FELL SHORT: {what}{': ' if seen != '' else ''}{seen}")

    def expect_fast(self, what, condition, seen=""):
        """Held to on a machine that does nothing else."""
        if condition or "--figures-only" not in sys.argv[1:]:
            self.expect(what, condition, seen)
        else:
            self.figure("not held to, and fell short", f"{what}: {seen}")

    def expect_equal(self, what, seen, expected):
        self.expect(f"{what} should be {expected}", seen == expected, f"it is {seen}")

    def figure(self, name, value):
        self.figures.append(f"{name} = {value}")

    def finish(self):
        self.folder.cleanup()
        for line in self.figures:
            print(line)
        print("met" if self.failures == 0 else f"{self.failures} fell short")
        sys.exit(1 if self.failures else 0)
