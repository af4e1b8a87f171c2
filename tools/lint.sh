#!/bin/sh
# Every rule that a machine can hold: style, types, borders, of both languages. All are asked, side by side; each that
# is broken is told.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"; export PATH
said=$(mktemp -d); trap 'rm -rf "$said"' EXIT
asked=0

rule() { # rule NAME COMMAND…: begins
  asked=$((asked + 1))
  echo "$1" >"$said/$asked.name"; shift
  { "$@" >"$said/$asked.words" 2>&1; echo $? >"$said/$asked.ended"; } &
}

rule "python: types" mypy
rule "pages: style" sh -c 'cd ui && exec node_modules/.bin/eslint .'
rule "pages: types" ui/node_modules/.bin/tsc -p ui
rule "python: borders" lint-imports --no-logo
rule "python: format (make fmt)" ruff format --check .
rule "python: style" ruff check --output-format concise .
wait

broken=
for n in $(seq "$asked"); do
  name=$(cat "$said/$n.name")
  if [ "$(cat "$said/$n.ended")" = 0 ]; then
    printf '✓ %s\n' "$name"
  else
    printf '✗ %s\n' "$name"; sed 's/^/  /' "$said/$n.words"
    broken="$broken, $name"
  fi
done
[ -z "$broken" ] || { printf '\n✗ broken: %s\n' "${broken#, }" >&2; exit 1; }
