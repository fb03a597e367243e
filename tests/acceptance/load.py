"""wrk, and what the acceptance programs of the service's speed measure with it."""

import json
import os
import pathlib
import subprocess
import sys

WRK = pathlib.Path(__file__).resolve().parent / "wrk"


def wrk(server, token, script, *arguments, connections, seconds, threads=1):
    """One run against the server: requests, seconds, p50_us, p99_us, failed, refused."""
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s",
               "-H", f"Authorization: Bearer {token}", "-s", str(WRK / f"{script}.lua"),
               f"http://127.0.0.1:{server.port}", "--", *map(str, arguments)]
    done = subprocess.run(command, text=True, capture_output=True, check=False,
                          env={**os.environ, "WRK_FOLDER": str(WRK)})
    if done.returncode != 0:
        sys.exit(f"wrk ended with {done.returncode}: {done.stderr or done.stdout}")
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    seen["per_second"] = seen["requests"] / seen["seconds"]
    seen["p50_ms"] = seen["p50_us"] / 1000
    seen["p99_ms"] = seen["p99_us"] / 1000
    return seen


def metric(client, name):
    """The sum of a metric over its labels."""
    total = 0.0
    for line in client.get("/metrics").body.decode().splitlines():
        if line.split("{")[0].split(" ")[0] == name:
            total += float(line.rsplit(" ", 1)[1])
    return total


def all_ids(client, path, field):
    """Of every customer or product, page by page."""
    ids, cursor = [], ""
    while True:
        page = client.get(f"{path}?limit=500{cursor}").json()
        ids += [one["id"] for one in page[field]]
        if not page.get("next_cursor"):
            return ids
        cursor = f"&cursor={page['next_cursor']}"
