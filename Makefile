# The front door. `make run` is a working centre; `make test` is what CI runs.
PY := .venv/bin/python

.PHONY: run setup test lint bench lock install clean fmt

run: setup
	$(PY) -m qingting serve --demo

setup:
	@sh tools/setup.sh

test:
	@sh tools/setup.sh --dev
	@sh tools/check.sh

lint:
	@sh tools/setup.sh --dev
	@sh tools/lint.sh

bench:
	@sh tools/setup.sh --dev
	@for b in core journal recover voice; do echo "== $$b"; $(PY) -m bench.$$b --json | tail -n 1; done

install: setup
	@sh tools/install.sh

fmt:
	$(PY) -m ruff format . && $(PY) -m ruff check --fix .

# Locks name no host; uv comes with the environment.
lock:
	uv pip compile pyproject.toml --extra setup --universal --generate-hashes --no-header --python-version 3.11 -o requirements.lock -q
	uv pip compile pyproject.toml --extra setup --extra dev --universal --generate-hashes --no-header --python-version 3.11 -o requirements-dev.lock -q
