#!/bin/sh
# Every rule that a machine can hold: style, types, borders, of both languages. All are asked, each that is broken is told.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"; export PATH
said=$(mktemp); trap 'rm -f "$said"' EXIT
broken=

rule() { # rule NAME COMMAND…: silent when it holds
  name=$1; shift
  if "$@" >"$said" 2>&1; then
    printf '✓ %s\n' "$name"
  else
    printf '✗ %s\n' "$name"; sed 's/^/  /' "$said"
    broken="$broken, $name"
  fi
}

rule "python: format (make fmt)" ruff format --check .
rule "python: style" ruff check --output-format concise .
rule "python: types" mypy
rule "python: borders" lint-imports --no-logo
rule "pages: types" ui/node_modules/.bin/tsc -p ui
rule "pages: style" sh -c 'cd ui && exec node_modules/.bin/eslint .'

[ -z "$broken" ] || { printf '\n✗ broken: %s\n' "${broken#, }" >&2; exit 1; }
