#!/usr/bin/env sh
# tools/migration.sh NAME   write migrations/versions/NNNN_name.py from what the tables have and the migrations lack.
# Read what it wrote: a renamed column looks like one dropped and one added, and data needs moving by hand.
set -eu
cd "$(dirname "$0")/.."
[ $# -eq 1 ] || { echo "usage: tools/migration.sh name_in_few_words" >&2; exit 2; }
exec .venv/bin/python tools/migration.py "$1"
