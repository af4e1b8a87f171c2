#!/bin/sh
# Everything a checkout needs to run, from a bare Debian 12 with Python 3.11: done once, skipped while nothing changed.
# `--dev` adds what the tests need.
set -eu
cd "$(dirname "$0")/.."
dev=; lock=requirements.lock
if [ "${1:-}" = "--dev" ]; then dev=1; lock=requirements-dev.lock; fi
mkdir -p .runtime/stamps
log=$PWD/.runtime/setup.log
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH

step() { printf '\033[1m· %s\033[0m\n' "$1"; }
fail() { printf '\n✗ %s\n  %s\n' "$1" "$2" >&2; exit 1; }

child=; beside=
trap 'kill $child $beside 2>/dev/null || :' EXIT
trap 'exit 130' INT TERM
working() { # working COMMAND…: its words go to the log; on a terminal the last of them and the seconds are shown
  "$@" >"$log" 2>&1 </dev/null &
  child=$!; seconds=0
  while [ -t 1 ] && kill -0 "$child" 2>/dev/null; do
    printf '\r\033[K  %s s  %s' "$seconds" "$(tail -n 1 "$log" | tr -d '\r\033' | cut -c 1-90)"
    sleep 1; seconds=$((seconds + 1))
  done
  [ ! -t 1 ] || printf '\r\033[K'
  if wait "$child"; then child=; return 0; fi
  child=; tail -n 15 "$log" >&2
  return 1
}
aside() { # aside NAME: begins the function of this name beside all else; what it says is told by `back NAME`
  ( trap 'kill $child 2>/dev/null || :; exit 143' TERM
    beside=; log=$PWD/.runtime/$1.log; "$1" ) >".runtime/$1.words" 2>&1 &
  eval "of_$1=$!"; beside="$beside $!"
}
back() { # back NAME: 0 when it went well
  eval "wait \$of_$1" && ended=0 || ended=1
  cat ".runtime/$1.words"
  return $ended
}

digest() { cat "$@" | sha256sum | cut -d' ' -f1; }
fresh() { stamp=$1; shift; [ "$(cat ".runtime/stamps/$stamp" 2>/dev/null)" = "$(digest "$@")" ]; }
remember() { stamp=$1; shift; digest "$@" > ".runtime/stamps/$stamp"; }

# --- what tests need from Debian
debian() {
  missing=
  command -v chromium >/dev/null || missing="$missing chromium"
  command -v firefox-esr >/dev/null || missing="$missing firefox-esr"
  command -v WebKitWebDriver >/dev/null || missing="$missing webkit2gtk-driver"
  command -v Xvfb >/dev/null || missing="$missing xvfb"
  command -v sipp >/dev/null || missing="$missing sip-tester"
  command -v turnserver >/dev/null || missing="$missing coturn"
  command -v systemd-analyze >/dev/null || missing="$missing systemd"
  if [ -z "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]; then missing="$missing fontconfig fonts-noto-cjk"; fi
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    fail "the tests need these Debian packages:$missing" "as root: apt-get install$missing, then run again"
  fi
  step "Debian packages for the tests:$missing"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # a list of names
  working sh -c 'apt-get update && apt-get install -y --no-install-recommends "$@"' sh $missing ||
    fail "the tests' Debian packages could not be installed" "apt-get install$missing, then run again"
}

# --- Python: the system's own first, which its makers optimize (a tenth faster than a plain build of the
# same version) and keep up to date; any other that can make one; then what is there, for the words of its failure.
python=
suits() { command -v "$1" >/dev/null && "$1" -c "import sys$2; sys.exit(sys.version_info < (3, 11))" 2>/dev/null; }
for with in ", ensurepip, venv" ""; do
  for name in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    [ -n "$python" ] || ! suits "$name" "$with" || python=$(command -v "$name")
  done
done
if [ -z "$python" ]; then
  fail "Python 3.11 or newer is missing" "apt-get install python3 python3-venv (Debian 12 or newer), then run again"
fi

# --- Asterisk, with what every Python has: without it everything but voice works
asterisk() { PYTHONPATH=src exec "$python" -m qingting.telephony.asterisk.provision --runtime .runtime; }

# --- the pages, built by Node
node_ok() {
  command -v npm >/dev/null && command -v node >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}
pages() {
  if ! { [ -d ui/node_modules ] && fresh node-modules ui/package-lock.json; }; then
    step "Packages of the pages"
    working npm --prefix ui ci --no-audit --no-fund || fail "npm could not install the pages' packages" \
      "check the network and npm's registry (npm config list), then run again; all of npm's words: $log"
    remember node-modules ui/package-lock.json
  fi
  sources=$(find ui \( -path ui/node_modules -o -path ui/dist \) -prune -o -type f -print | LC_ALL=C sort)
  # shellcheck disable=SC2086 # one file a word: no name in ui/ has spaces
  if ! { [ -e ui/dist/index.html ] && fresh ui $sources; }; then
    step "Pages (half a minute)"
    working npm --prefix ui run build || fail "the pages could not be built" "see the words above; all of them: $log"
    remember ui $sources
  fi
}

# --- all side by side; Python's packages, the longest, in sight
pip() { working .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off "$@"; }
[ -x .venv/bin/python ] || working "$python" -m venv .venv || { rm -rf .venv
  fail "no Python environment could be made" "apt-get install python3-venv, then run again"; }
[ -x .venv/bin/pip ] || working .venv/bin/python -m ensurepip ||
  fail "the environment in .venv has no pip" "apt-get install python3-venv, remove .venv, then run again"
[ -z "$dev" ] || aside debian
aside asterisk
PATH="$PWD/.venv/bin:$PATH"; export PATH
if ! node_ok; then
  step "Node, from a Python package since this machine has none that is new enough"
  pip --require-hashes -r tools/node.lock ||
    fail "Node could not be installed" "install Node 20.19 or newer with npm yourself, then run again"
  node_ok || fail "Node does not run here" "install Node 20.19 or newer with npm yourself, then run again"
fi
aside pages
# The bigger environment serves the smaller need: `make run` after `make test` installs nothing.
if [ -x .venv/bin/qingting ] && fresh python-requirements-dev.lock requirements-dev.lock pyproject.toml; then :
elif [ -x .venv/bin/qingting ] && [ -z "$dev" ] && fresh "python-$lock" "$lock" pyproject.toml; then :
else
  step "Python packages (about a minute, once)"
  pip --require-hashes -r "$lock" || fail "Python packages could not be installed" \
    "check the network and pip's index (.venv/bin/pip config list), then run again; all of pip's words: $log"
  pip --no-deps --no-build-isolation -e . || fail "the project itself could not be installed" "see pip's words above"
  remember "python-$lock" "$lock" pyproject.toml
fi

# Compiled once, so that no start has to: where nobody may write bytecode later, or nobody is the owner.
.venv/bin/python -m compileall -q src

# --- what went on aside
back pages || exit 1
back asterisk || printf '! no Asterisk: the centre will start without voice (why: see the lines above)\n' >&2
[ -z "$dev" ] || back debian || exit 1
