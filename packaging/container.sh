#!/bin/sh
# The container's first process: starts the centre again whenever it ends, while Asterisk and its calls go on beside
# it. Asked to stop, it ends the centre, then Asterisk: calls end with their container, and the far sides are told so.
set -u
stopping=
trap 'stopping=1; [ -z "${centre:-}" ] || kill -TERM "$centre" 2>/dev/null' TERM INT
while [ -z "$stopping" ]; do
  qingting serve "$@" &
  centre=$!
  wait "$centre"; code=$?
  # A signal ends the first wait before the centre has ended.
  while kill -0 "$centre" 2>/dev/null; do wait "$centre"; code=$?; done
  [ -n "$stopping" ] || { printf 'the centre ended (%s), starting it again\n' "$code" >&2; sleep 1; }
done
asterisk() { pid=$(cat /data/asterisk/run/asterisk.pid 2>/dev/null) && grep -qs asterisk "/proc/$pid/cmdline"; }
if asterisk; then
  printf 'stopping: calls end with the container\n' >&2
  kill -TERM "$pid"
  for _ in $(seq 50); do asterisk || break; sleep 0.2; done
fi
