#!/bin/sh
# Every rule that a machine can hold: style, types, borders, of both languages.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"; export PATH
ruff format --check --quiet . || { echo "run: make fmt" >&2; exit 1; }
ruff check --quiet .
mypy
lint-imports --no-logo 2>/dev/null | tail -n 20
lint-imports >/dev/null 2>&1
(cd ui && npm run --silent lint)
