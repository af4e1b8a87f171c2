#!/bin/sh
# The container's first process: starts the centre again whenever it ends, while Asterisk and its calls go on beside
# it. Asked to stop, it ends the centre; Asterisk ends with the container.
set -u
trap 'stopping=1; [ -z "${centre:-}" ] || kill -TERM "$centre" 2>/dev/null' TERM INT
stopping=
while [ -z "$stopping" ]; do
  .venv/bin/python -m qingting serve "$@" &
  centre=$!
  wait "$centre"; code=$?
  # A signal ends the first wait before the centre has ended.
  while kill -0 "$centre" 2>/dev/null; do wait "$centre"; code=$?; done
  [ -n "$stopping" ] || { printf 'the centre ended (%s), starting it again\n' "$code" >&2; sleep 1; }
done
