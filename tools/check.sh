#!/bin/sh
# All there is: rules, the pages' own tests, then everything else in one run of pytest, whose words close.
# Four files at once, the longest first (tests/turns.py): most tests wait, for sound and for browsers.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"; export PATH
failed=0
sh tools/lint.sh || failed=1
(cd ui && npm test --silent) || failed=1
python -m pytest -q -n 4 --dist loadfile --no-loadscope-reorder --durations=15 "$@" || failed=1
exit $failed
