# The front door. `make run` is a working centre, `make test` is what CI runs. Settings go by name: make run QINGTING_PORT=9000
PY := .venv/bin/python
BENCHES := core journal recover simulate waits voice flow customers customers_lists customers_import

.PHONY: run setup test lint bench import-story nat mutants compiled install image fmt lock

run: setup ## set up what is missing, then start a centre with a demonstration tenant
	@exec $(PY) -m qingting serve --demo

setup: ## everything a checkout needs; seconds when nothing changed
	@sh tools/setup.sh

test: ## all rules and all tests; `sh tools/check.sh tests/unit` runs a part
	@sh tools/setup.sh --dev
	@sh tools/check.sh

lint: ## rules only
	@sh tools/setup.sh --dev
	@sh tools/lint.sh

bench: ## each promise of speed, at its default size, one JSON line each
	@sh tools/setup.sh --dev
	@for b in $(BENCHES); do echo "== $$b"; $(PY) -m bench.$$b --json | tail -n 1; done

import-story: ## tests/browser/test_imports.py with a file of 100,000 rows
	@sh tools/setup.sh --dev
	@IMPORT_ROWS=100000 $(PY) -m pytest tests/browser/test_imports.py

nat: ## calls through a real NAT, in network namespaces; needs root and nftables
	@$(PY) -m tools.nat

mutants: ## would a wrong matching, lifecycle or capacity be noticed? Hours; goes on where it was stopped
	@sh tools/setup.sh --dev
	@nice -n 19 $(PY) -m tools.mutants

compiled: ## the core as machine code, kept if it decides as its sources do; some minutes, needs a C compiler
	@sh tools/setup.sh --dev
	@$(PY) -m tools.compile

install: setup ## as a service, or an upgrade of it
	@sh tools/install.sh

image: ## a container image of this checkout, by podman or docker; IMAGE_OPTIONS go to its build
	@sh tools/container.sh build $(IMAGE_OPTIONS)

fmt:
	$(PY) -m ruff format . && $(PY) -m ruff check --fix .

# Locks name no host. uv comes from PyPI: pip install uv
lock:
	uv pip compile pyproject.toml --extra setup --universal --generate-hashes --no-header --python-version 3.11 -o requirements.lock -q
	uv pip compile pyproject.toml --extra setup --extra dev --universal --generate-hashes --no-header --python-version 3.11 -o requirements-dev.lock -q
