# Two commands to green: `make demo` and `make test`. Each sets up what it needs, inside this folder.

PORT ?= 8765
WORKERS ?= 2
AXE ?= 4.14.1
# What the tests' databases are: sqlite, or postgresql, of which they start their own.
DATABASE ?= sqlite

# PYTHON=python3.12 chooses another one. A name on the path may be a shim that does not run: each is tried.
PYTHON ?=
PYTHONS := $(or $(PYTHON),python3.13 python3.12 python3.11 python3)
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --python-version 3.11 --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --annotation-style line \
	--custom-compile-command "make lock" $(UPGRADE)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check lint types imports format bench storm browser lock clean

help: ## what can be made
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

setup: $(READY) ## everything the others need, in .venv; they call it themselves

demo: $(READY) ## the room: a fictional challenge in the browser (PORT=8765)
	@exec $(BIN)/critical-friend demo --port $(PORT)

test: $(READY) ## all tests (ARGS="-k clocks" for some of them; DATABASE=postgresql)
	@CRITICAL_FRIEND_TEST_DATABASE=$(DATABASE) $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

check: lint types imports ## lint, format, types, import contracts (-k goes on after the first that fails)

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

format: $(READY) ## put the code in its usual shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(READY) ## how fast, beside the floor of its own libraries
	@$(BIN)/python -m bench

storm: $(READY) ## kill it again and again, one process and several (SEEDS=1 KILLS=200)
	@$(BIN)/python -m tests.storm --seeds $(or $(SEEDS),1) --kills $(or $(KILLS),200)

browser: ## what the browser tests need: Chromium (as root, from apt) and axe-core (from npm)
	@if command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium; \
	else echo "No Chromium here, and only root can install it: the browser tests will be skipped."; fi
	@if [ "$$(sed -n 's/.*"version": "\(.*\)".*/\1/p' node_modules/axe-core/package.json 2>/dev/null)" = $(AXE) ]; then :; \
	elif command -v npm >/dev/null; then \
		npm install --prefix . --no-save --no-package-lock --ignore-scripts --silent axe-core@$(AXE); \
	else echo "No npm here: the accessibility tests will be skipped."; fi

lock: $(READY) ## compile requirements/*.txt again (UPGRADE=--upgrade takes newer versions)
	$(COMPILE) --group dev --extra pg --output-file requirements/dev.txt
	$(COMPILE) --group build --extra pg --constraint requirements/dev.txt --output-file requirements/pg.txt
	$(COMPILE) --group build --constraint requirements/dev.txt --output-file requirements/base.txt

clean: ## take away everything that make made, and the demo's data
	rm -rf .venv node_modules data dist htmlcov .coverage .hypothesis .*_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements/dev.txt pyproject.toml
	@$(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null && $(BIN)/python -m pip --version >/dev/null 2>&1 || { \
		for python in $(PYTHONS); do \
			$$python -c '$(NEW_ENOUGH)' 2>/dev/null || continue; \
			found=$$python; \
			$$python -c 'import ensurepip, venv' 2>/dev/null || continue; \
			echo "Setting up .venv with $$($$python --version)"; \
			exec $$python -m venv --clear .venv; \
		done; \
		if [ -n "$$found" ]; then \
			echo "$$found cannot make a virtual environment. On Debian or Ubuntu: apt install python3-venv" >&2; \
		else \
			echo "Critical Friend needs Python 3.11 or newer, and found none ($(PYTHONS))." >&2; \
			echo "Name yours with: make setup PYTHON=/path/to/python3" >&2; \
		fi; \
		exit 1; \
	}
	@echo "Installing what requirements/dev.txt names (a minute or two, once)"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@
