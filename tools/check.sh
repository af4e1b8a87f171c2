#!/bin/sh
# All tests: rules first, then what may run side by side, then what needs the machine to itself.
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"; export PATH
sh tools/lint.sh
(cd ui && npm test --silent)
python -m pytest -q -n 2 --dist worksteal -m "not serial"
python -m pytest -q -m serial
