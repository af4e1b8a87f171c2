#!/bin/sh
# Installs Qingting as a service, or brings an installed one to this version; `--back` returns to the one before.
#
#   /opt/qingting/versions/VERSION   one folder each, side by side     /etc/qingting/qingting.toml   settings
#   /opt/qingting/current, previous  which one runs, which one ran     /var/lib/qingting             data
#   /opt/qingting/runtime            Asterisk, shared                  /var/backups/qingting         backups
#
# An upgrade: the new version is made beside the old one while that runs; a backup; stop, turn `current`, start.
# When the new one does not come up, it goes back by itself. Calls go on meanwhile: Asterisk is not touched.
# `--root DIR` puts all of it below DIR, and without `--service` there systemd and users are left alone (for trying).
set -eu
cd "$(dirname "$0")/.."

back=; root=; service=1
while [ $# -gt 0 ]; do
  case $1 in
    --back) back=1 ;;
    --root) root=$(mkdir -p "$2" && cd "$2" && pwd -P); service=; shift ;;
    --service) service=1 ;;
    *) printf 'usage: %s [--back] [--root DIR [--service]]\n' "$0" >&2; exit 2 ;;
  esac
  shift
done

home=$root/opt/qingting; etc=$root/etc/qingting; data=$root/var/lib/qingting; backups=$root/var/backups/qingting
unit=$root/etc/systemd/system/qingting.service
settings=$etc/qingting.toml

step() { printf '\033[1m· %s\033[0m\n' "$1"; }
fail() { printf '\n✗ %s\n  %s\n' "$1" "$2" >&2; exit 1; }
systemd() { [ -z "$service" ] || systemctl "$@"; }
# In a version's folder, as the service's user when there is one, with the settings' environment.
as_service() (
  cd -P "$1"; shift
  [ ! -r "$etc/environment" ] || { set -a; . "$etc/environment"; set +a; }
  if [ -n "$service" ]; then exec setpriv --reuid=qingting --regid=qingting --init-groups -- "$@"; else exec "$@"; fi
)
tables() ( of=$1; shift; as_service "$of" .venv/bin/qingting tables --config "$settings" "$@" )
turn() { ln -sfn "$1" "$home/$2.new" && mv -T "$home/$2.new" "$home/$2"; }
# Up means: it runs and answers, for some seconds in a row.
comes_up() {
  [ -n "$service" ] || return 0
  good=0
  for _ in $(seq 60); do
    sleep 1
    if systemctl -q is-active qingting &&
      as_service "$home/current" .venv/bin/qingting health --config "$settings" >/dev/null 2>&1
    then good=$((good + 1)); else good=0; fi
    [ $good -lt 5 ] || return 0
  done
  return 1
}
go_back() { # to the version that `previous` names; its tables' version was noted when it was left
  old=$(readlink -f "$home/previous"); new=$(readlink -f "$home/current")
  [ -d "$old" ] && [ "$old" != "$new" ] || fail "there is no version to go back to" "ls $home/versions"
  step "Back from $(basename "$new") to $(basename "$old")"
  systemd stop qingting
  wanted=$(cat "$old/.tables" 2>/dev/null || true)
  if [ -n "$wanted" ] && [ "$(tables "$new")" != "$wanted" ]; then
    step "Tables back to $wanted"
    tables "$new" --to "$wanted" >/dev/null || fail "the tables could not be brought back" \
      "restore the backup (docs/guides/operations.md): $(cat "$new/.backup" 2>/dev/null)"
  fi
  turn "$old" current; turn "$new" previous
  systemd start qingting
}

if [ -n "$service" ]; then
  [ "$(id -u)" = 0 ] || fail "installing needs root" "sudo make install"
  command -v systemctl >/dev/null || fail "there is no systemd here" "use packaging/Containerfile, or make run"
fi
if [ -n "$back" ]; then
  [ -L "$home/previous" ] || fail "there is no version to go back to" "ls $home/versions"
  go_back
  comes_up || fail "$(basename "$(readlink -f "$home/current")") does not come up either" "journalctl -u qingting -n 50"
  step "$(basename "$(readlink -f "$home/current")") runs"
  exit 0
fi

# --- user, folders, settings
if [ -n "$service" ] && ! id qingting >/dev/null 2>&1; then
  step "User qingting"
  useradd --system --home-dir "$data" --no-create-home --shell /usr/sbin/nologin qingting
fi
mkdir -p "$home/versions" "$etc" "$backups" "$(dirname "$unit")"
mkdir -p -m 700 "$data"
chmod 700 "$backups" "$data"
[ -z "$service" ] || chown qingting:qingting "$data" "$backups"
if [ ! -e "$settings" ]; then
  sed "s#\"/var/lib/qingting\"#\"$data\"#; s#\"/opt/qingting/runtime\"#\"$home/runtime\"#" packaging/qingting.toml > "$settings"
  chmod 644 "$settings"
fi

# --- this version, beside the one that runs
number=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml | head -n 1)
mark=$(git rev-parse --short=10 HEAD 2>/dev/null || date -u +%Y%m%d%H%M%S)
[ -z "$(git status --porcelain --untracked-files=no 2>/dev/null)" ] || mark=$mark-$(date -u +%Y%m%d%H%M%S)
version=$home/versions/$number-$mark
if [ ! -e "$version/.complete" ]; then
  step "Version $number-$mark"
  rm -rf "$version"; mkdir -p "$version"
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -z | xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' sh |
      tar --null -T - -cf - | tar -xf - -C "$version"
  else
    tar --exclude=./.venv --exclude=./data --exclude=./.runtime --exclude=node_modules -cf - . | tar -xf - -C "$version"
  fi
  [ ! -d ui/dist ] || { mkdir -p "$version/ui"; cp -R ui/dist "$version/ui/"; }
  mkdir -p "$home/runtime"
  [ -e "$home/runtime/asterisk" ] || [ ! -e .runtime/asterisk/provisioned.json ] || cp -R .runtime/asterisk "$home/runtime/"
  (
    cd "$version"
    base=$("$OLDPWD/.venv/bin/python" -c 'import sys; print(sys._base_executable)' 2>/dev/null || command -v python3)
    # One in somebody's home is not for the service to read.
    case $base in /home/*|/root/*) base=/usr/bin/python3 ;; esac
    "$base" -m venv .venv
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
    .venv/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
    .venv/bin/python -m compileall -q src
    # Found only if sources and interpreter are the very same.
    [ ! -d "$OLDPWD/.venv/share/qingting" ] || cp -R "$OLDPWD/.venv/share/qingting" .venv/share/
  ) || fail "Python packages could not be installed" "check the network and pip's index settings (pip config list)"
  "$version/.venv/bin/python" -m qingting.telephony.asterisk.provision --runtime "$home/runtime" ||
    printf '! no Asterisk: the centre will start without voice (see the lines above)\n' >&2
  chmod -R go=rX "$version" "$home/runtime"
  touch "$version/.complete"
fi

# --- what has run so far: backed up while it runs, its tables' version noted
old=; [ ! -L "$home/current" ] || old=$(readlink -f "$home/current")
if [ "$old" = "$version" ]; then
  step "$number-$mark is installed already"
elif [ -n "$old" ] && [ -e "$data/journal.db" ]; then
  copy=$backups/$(date -u +%Y%m%dT%H%M%SZ)-before-$number-$mark
  step "Backup: $copy"
  as_service "$old" .venv/bin/python -m qingting backup --config "$settings" "$copy" ||
    fail "the backup could not be made, nothing was changed" "see the message above; free some space in $backups"
  printf '%s\n' "$copy" > "$version/.backup"
  tables "$old" > "$old/.tables" || fail "the records could not be asked, nothing was changed" "see the message above"
fi

# --- turn
if [ -n "$service" ]; then
  install -m 644 packaging/qingting.service "$unit"
  install -D -m 755 packaging/qingting.sh "$root/usr/local/bin/qingting"
  systemctl daemon-reload
  systemctl -q enable qingting
fi
if [ "$old" != "$version" ]; then
  systemd stop qingting 2>/dev/null || true
  [ -z "$old" ] || turn "$old" previous
  turn "$version" current
fi
systemd restart qingting
if ! comes_up; then
  [ -n "$old" ] && [ "$old" != "$version" ] || fail "it does not come up" "journalctl -u qingting -n 50"
  printf '\n✗ %s does not come up (journalctl -u qingting); going back\n' "$number-$mark" >&2
  go_back
  comes_up || fail "the version before does not come up either" "journalctl -u qingting -n 50; docs/guides/operations.md"
  fail "still at $(basename "$old")" "the new version stays in $version for looking at"
fi

# Two before this one are kept.
for path in $(ls -1dt "$home"/versions/*/ | tail -n +4); do
  path=${path%/}
  [ "$path" = "$(readlink -f "$home/current")" ] || [ "$path" = "$(readlink -f "$home/previous" 2>/dev/null)" ] || rm -rf "$path"
done
step "$number-$mark runs. Settings: $settings. The first administrator: qingting tenant CODE NAME. Checks: qingting doctor"
