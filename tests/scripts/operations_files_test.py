#!/usr/bin/python3
"""What stands in deploy/ must fit the program: the metrics that it exports, the settings that it
knows, the libraries that it is linked with."""

import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"

# What the image installs for each library of cmake/Dependencies.cmake; None: only headers, or a
# part of the compiler. Debian 12's names, for that is what the image is made of.
RUNTIME_PACKAGES = {
    "Threads": None, "PkgConfig": None, "nlohmann_json": None, "Eigen3": None,
    "tl/expected.hpp": None, "toml.hpp": None, "CLI/CLI.hpp": None, "kainjow/mustache.hpp": None,
    "hnswlib/hnswlib.h": None, "libstemmer.h": None, "soci/soci.h": None, "jwt.h": None,
    "restinio/all.hpp": None,
    "fmt": "libfmt9", "sqlite3": "libsqlite3-0", "icu-uc": "libicu72", "icu-i18n": "libicu72",
    "libzip": "libzip4", "expat": "libexpat1", "zlib": "zlib1g", "liblzma": "liblzma5",
    "xlsxwriter": "libxlsxwriter4", "xgboost": "libxgboost0", "simdjson": "libsimdjson14",
    "libxxhash": "libxxhash0", "libsodium": "libsodium23", "libhwy": "libhwy1",
    "openssl": "libssl3", "prometheus-cpp-core": "libprometheus-cpp-core1.0",
    "libtcmalloc_minimal": "libtcmalloc-minimal4",
    "stemmer": "libstemmer0d", "soci_core": "libsoci-core4.0",
    "soci_sqlite3": "libsoci-sqlite3-4.0", "jwt": "libjwt0", "http_parser": "libhttp-parser2.9",
}
# Of every C++ program; the C library is in every image.
COMPILER_PACKAGES = {"libstdc++6", "libgcc-s1"}

HARDENING = {
    "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "ProtectSystem": "strict",
    "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes", "RestrictSUIDSGID": "yes",
    "RestrictNamespaces": "yes", "MemoryDenyWriteExecute": "yes", "StateDirectory": "attune",
    "KillSignal": "SIGTERM", "Restart": "on-failure",
}

BUILT = r"Build(Counter|Gauge|Histogram|Summary)\("
ADDED = r"metrics\.add_(gauge|counter)\("

failures = []


def expect(what, holds):
    if not holds:
        failures.append(what)


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def exported_metrics():
    """The names of all series, and the families that they belong to. A name that is no literal
    would be missed, so every call that makes a metric must have been understood."""
    families, calls = {}, 0
    for path in sorted((ROOT / "src" / "http").rglob("*.cpp")):
        source = path.read_text(encoding="utf-8")
        for kind, name in re.findall(BUILT + r'\)\s*\.Name\(\s*"(\w+)"', source):
            families[name] = kind
        for kind, name in re.findall(ADDED + r'\s*"(\w+)"', source):
            families[name] = kind.capitalize()
        calls += len(re.findall(BUILT, source)) + len(re.findall(ADDED, source))
    expect(f"src/http makes {calls} metrics, of which {len(families)} have a name that was found",
           calls == len(families) and calls > 0)
    parts = {"Histogram": ("_bucket", "_sum", "_count"), "Summary": ("", "_sum", "_count")}
    return {name + part: name for name, kind in families.items() for part in parts.get(kind, ("",))}


def named_metrics(expression):
    """Names of series in PromQL; in `{...}` and quotes stand labels and their values."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}', "", re.sub(r"\[[^\]]*\]", "", expression))
    return set(re.findall(r"\battune_\w+", bare))


def check_dashboard(series):
    dashboard = json.loads(text("deploy/grafana-dashboard.json"))
    variables = {variable["name"]: variable for variable in dashboard["templating"]["list"]}
    expect("the dashboard needs a variable for its data source",
           variables.get("datasource", {}).get("type") == "datasource")
    expect("an imported dashboard has no id of its own", dashboard["id"] is None)
    shown, ids = set(), []
    for panel in dashboard["panels"]:
        ids.append(panel["id"])
        if panel["type"] == "row":
            continue
        title = panel["title"]
        expect(f"panel {title}: no unit", panel["fieldConfig"]["defaults"].get("unit"))
        for target in panel["targets"]:
            expect(f"panel {title}: not of the data source that is chosen",
                   target["datasource"]["uid"] == "${datasource}")
            names = named_metrics(target["expr"])
            expect(f"panel {title}: no metric in {target['expr']}",
                   names or target["expr"].startswith("up{"))
            for name in names - series.keys():
                failures.append(f"panel {title}: src/http does not export {name}")
            shown |= {series[name] for name in names & series.keys()}
    expect("two panels have the same id", len(ids) == len(set(ids)))
    for name in sorted(set(series.values()) - shown):
        failures.append(f"{name} is exported, but on no panel")


def check_alerts(series):
    rules = text("deploy/attune-alerts.yml")
    names = {name for rule in re.findall(r"expr:(.*?)\n\s+(?:for|labels):", rules, re.S)
             for name in named_metrics(rule)}
    expect("the alerts name no metric", names)
    for name in sorted(names - series.keys()):
        failures.append(f"deploy/attune-alerts.yml: src/http does not export {name}")
    expect("deploy/prometheus.yml does not load the alerts",
           "attune-alerts.yml" in text("deploy/prometheus.yml"))


def check_unit():
    values = {}
    for line in text("deploy/attune.service").splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            values.setdefault(key, []).append(value)
    for key, value in HARDENING.items():
        expect(f"attune.service: {key}={value} is missing", value in values.get(key, []))
    expect("attune.service: runs as root", values.get("User", ["root"]) != ["root"])
    expect("attune.service: no time to stop", "TimeoutStopSec" in values)
    grace = re.search(r"^stop_grace_ms = (\d+)", text("config/attune.example.toml"), re.M)
    expect("attune.service: killed before the grace of http.stop_grace_ms is over",
           int(values["TimeoutStopSec"][0]) * 1000 > int(grace.group(1)))


def known_settings():
    sections = tomllib.loads(text("config/attune.example.toml"))
    return {f"{section}.{key}" for section, keys in sections.items() for key in keys}


def check_settings():
    known = known_settings()
    for section, keys in tomllib.loads(text("deploy/attune.toml")).items():
        for key in keys:
            expect(f"deploy/attune.toml: there is no setting {section}.{key}",
                   f"{section}.{key}" in known)
    variables = {"ATTUNE_" + key.replace(".", "_").upper() for key in known} | {"ATTUNE_HOME"}
    for path in ("deploy/Dockerfile", "deploy/healthcheck.sh", "docs/operations.md"):
        for name in sorted(set(re.findall(r"\bATTUNE_[A-Z_]*[A-Z]", text(path))) - variables):
            # An option of the build is set by -D.
            expect(f"{path}: {name} sets nothing", f"-D {name}" in text(path))
    for key in set(re.findall(r"`(\w+\.\w+)(?:=[^`]*)?`", text("docs/operations.md"))):
        if key.split(".")[0] in {name.split(".")[0] for name in known}:
            expect(f"docs/operations.md: there is no setting {key}", key in known)


def image_packages():
    """What the last stage of the Dockerfile installs."""
    last = re.split(r"^FROM ", text("deploy/Dockerfile"), flags=re.M)[-1]
    words = re.search(r"apt-get install([^&]*)", last).group(1).replace("\\", " ").split()
    return {word for word in words if not word.startswith("-")}


def check_image():
    packages = image_packages()
    dependencies = text("cmake/Dependencies.cmake")
    libraries = set(re.findall(r"find_package\((\w+)", dependencies))
    modules = r"pkg_check_modules\(\w+ REQUIRED IMPORTED_TARGET ([^)]*)\)"
    for names in re.findall(modules, dependencies):
        libraries |= set(names.split())
    for names in re.findall(r"^attune_plain_library\(\w+ ([^)]*)\)", dependencies, re.M):
        libraries |= set(names.split())
    for library in sorted(libraries - RUNTIME_PACKAGES.keys()):
        failures.append(f"{library} is new in cmake/Dependencies.cmake: say in RUNTIME_PACKAGES "
                        "what the image needs for it")
    needed = {RUNTIME_PACKAGES.get(library) for library in libraries} - {None} | COMPILER_PACKAGES
    for package in sorted(needed - packages):
        failures.append(f"deploy/Dockerfile does not install {package}")
    check_linked(packages)
    last = re.split(r"^FROM ", text("deploy/Dockerfile"), flags=re.M)[-1]
    for line in (r"^USER (?!0|root)", r"^HEALTHCHECK ", r"^EXPOSE 8080$", r"^VOLUME /var/lib/"):
        expect(f"deploy/Dockerfile: no line {line}", re.search(line, last, re.M))


def check_linked(packages):
    """Where the program is built, on Debian 12: the libraries that it names itself."""
    program = ROOT / "build/release/attune"
    release = pathlib.Path("/etc/os-release").read_text(encoding="utf-8")
    if not program.exists() or "VERSION_CODENAME=bookworm" not in release:
        return
    headers = subprocess.run(["objdump", "-p", program], capture_output=True, text=True, check=True)
    linked = set(re.findall(r"NEEDED\s+(\S+)", headers.stdout))
    owners = subprocess.run(["dpkg-query", "-S", *(f"*/{name}" for name in linked)],
                            capture_output=True, text=True, check=False).stdout
    for name in sorted(linked):
        found = {line.split(":")[0] for line in owners.splitlines() if line.endswith("/" + name)}
        expect(f"deploy/Dockerfile does not install {' or '.join(found)} for {name}",
               found & (packages | {"libc6"}))


def main():
    series = exported_metrics()
    check_dashboard(series)
    check_alerts(series)
    check_unit()
    check_settings()
    check_image()
    for failure in failures:
        print(f"operations files: {failure}", file=sys.stderr)
    if failures:
        sys.exit(1)
    print(f"operations files: fit {len(set(series.values()))} metrics and "
          f"{len(image_packages())} packages")


main()
