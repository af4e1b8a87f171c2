#!/bin/sh
# Everything a checkout needs to run, from a bare Debian 12 with Python 3.11: done once, skipped when nothing changed.
# `--dev` adds what the tests need.
set -eu
cd "$(dirname "$0")/.."
dev=; lock=requirements.lock
[ "${1:-}" = "--dev" ] && { dev=1; lock=requirements-dev.lock; }
mkdir -p .runtime/stamps

step() { printf '\033[1m· %s\033[0m\n' "$1"; }
fail() { printf '\n✗ %s\n  %s\n' "$1" "$2" >&2; exit 1; }
fresh() { # fresh NAME FILES…: true when the stamp of NAME matches the files' content
  name=$1; shift
  now=$(cat "$@" | sha256sum | cut -d' ' -f1)
  [ "$(cat ".runtime/stamps/$name" 2>/dev/null)" = "$now" ]
}
stamp() { printf '%s' "$now" > ".runtime/stamps/$1"; }

# --- Python environment
python=$(command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python3 || true)
[ -n "$python" ] || fail "Python 3.11 or newer is missing" "apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$python" --version) is too old: 3.11 or newer is needed" "install a newer Python 3 and run again"
# The bigger environment serves the smaller need: `make run` after `make test` installs nothing.
if [ -z "$dev" ] && [ -e .venv ] && fresh python-requirements-dev.lock requirements-dev.lock pyproject.toml; then :
elif ! { [ -e .venv ] && fresh "python-$lock" "$lock" pyproject.toml; }; then
  step "Python packages (about a minute, once)"
  [ -x .venv/bin/python ] || "$python" -m venv .venv ||
    fail "no virtual environment could be made" "apt-get install python3-venv, remove .venv and run again"
  [ -x .venv/bin/pip ] || .venv/bin/python -m ensurepip -q ||
    fail "pip is missing" "apt-get install python3-venv, remove .venv and run again"
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$lock" ||
    fail "Python packages could not be installed" "check the network and pip's index settings (pip config list), then run again"
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ||
    fail "the project itself could not be installed" "see pip's message above"
  fresh "python-$lock" "$lock" pyproject.toml || true
  stamp "python-$lock"
fi

# --- Node, only to build the pages
node_ok() { command -v node >/dev/null && command -v npm >/dev/null && node -e 'process.exit(+process.versions.node.split(".")[0] < 20)'; }
PATH="$PWD/.venv/bin:$PATH"; export PATH
if ! node_ok; then
  step "Node (from a Python package, since this machine has none)"
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r tools/node.lock ||
    fail "Node could not be installed" "install Node 20 or newer (apt-get install nodejs npm) and run again"
  node_ok || fail "Node still does not run" "install Node 20 or newer and run again"
fi

# --- the pages
if [ -e ui/package-lock.json ]; then
  if ! { [ -d ui/node_modules ] && fresh node-modules ui/package-lock.json; }; then
    step "Packages of the pages"
    (cd ui && npm ci --no-audit --no-fund --loglevel=error) ||
      fail "npm could not install the packages" "check the network and npm's registry (npm config list), then run again"
    fresh node-modules ui/package-lock.json || true
    stamp node-modules
  fi
  sources=$(find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print | LC_ALL=C sort)
  # shellcheck disable=SC2086 # one file a word: no name in ui/ has spaces
  if ! { [ -e ui/dist/index.html ] && fresh ui $sources; }; then
    step "Pages (half a minute)"
    (cd ui && npm run --silent build) || fail "the pages could not be built" "see the message above"
    fresh ui $sources || true
    stamp ui
  fi
fi

# --- Asterisk: without it everything but voice works
.venv/bin/python -m qingting.telephony.asterisk.provision --runtime .runtime ||
  printf '! no Asterisk: the centre will start without voice (see the lines above)\n' >&2

# --- what tests need from Debian
if [ -n "$dev" ]; then
  missing=
  command -v chromium >/dev/null || missing="$missing chromium"
  command -v sipp >/dev/null || missing="$missing sip-tester"
  [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ] || missing="$missing fonts-noto-cjk fontconfig"
  if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    step "Debian packages for the tests:$missing"
    # shellcheck disable=SC2086 # a list of names
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null; } ||
      fail "Debian packages could not be installed" "apt-get install$missing"
    missing=
  fi
  [ -z "$missing" ] || fail "the tests need:$missing" "apt-get install$missing"
fi
