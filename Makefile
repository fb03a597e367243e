# Two commands do everything: `make run` and `make test`. The others are for those who work on it.
#   make run SERVE=bank   serve the bank pack instead of the retail pack
#   make run PORT=8081    serve on another port
#   make run SERVE=0      do not serve: for scripts, which would wait for the service to end
SHELL := /bin/bash
export CCACHE_SLOPPINESS := pch_defines,time_macros,include_file_mtime,include_file_ctime
# Another clone finds what this one compiled.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
JOBS ?= $(shell nproc)
BUILD := cmake --build

.PHONY: run test build install setup check browser acceptance format lint layers bench fuzz clean help

help: ## say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: build ## set up, build, import both packs, train, show results, serve (SERVE=0: do not)
	@SERVE="$(SERVE)" PORT="$(PORT)" scripts/run.sh

test: setup ## set up, build and run every test
	@scripts/setup.sh --browser --fuzz
	@scripts/test.sh

build: setup ## the program, at build/release/attune
	@cmake --preset release --log-level=WARNING
	@$(BUILD) build/release --target attune -j $(JOBS)

install: ## copy what was built to PREFIX (/usr/local), below DESTDIR; see docs/operations.md
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" scripts/install.sh

setup:
	@scripts/setup.sh

check: layers ## quick checks before a commit: layers, format, unit tests
	@scripts/format.sh --check
	@cmake --preset dev --log-level=WARNING
	@$(BUILD) build/dev -j $(JOBS)
	@ctest --test-dir build/dev --output-on-failure -j $(JOBS)

browser: build ## the web application in a real browser
	@scripts/setup.sh --browser
	@scripts/browser_test.sh

acceptance: build ## what the issues say must be shown
	@$(BUILD) build/release --target collaborative_bench -j $(JOBS)
	@scripts/acceptance.sh

format: ## lay out every source
	@scripts/format.sh

layers: ## includes point downward only
	@scripts/check_layers.py

lint: ## clang-tidy on every source
	@scripts/setup.sh --lint
	@cmake --preset lint --log-level=WARNING
	@$(BUILD) build/lint -j $(JOBS)

bench: setup ## benchmarks, one JSON line each
	@cmake --preset release --log-level=WARNING
	@$(BUILD) build/release --target attune_bench -j $(JOBS)
	@bench/run.sh

fuzz: ## libFuzzer on every parser of outside bytes, 60 s each
	@scripts/setup.sh --fuzz
	@scripts/fuzz.sh

clean: ## remove what was built
	@rm -rf build run
