#!/bin/sh
# The command of an installed centre: the version that runs, its settings, its user.
set -eu
home=/opt/qingting
[ "$(id -un)" = qingting ] || [ "$(id -u)" = 0 ] || { printf 'qingting: as root, please: sudo qingting …\n' >&2; exit 1; }
version=$(readlink -f "$home/current")
set -a
QINGTING_CONFIG=/etc/qingting/qingting.toml QINGTING_UI=$version/ui/dist QINGTING_FLOWS=$version/flows
[ ! -r /etc/qingting/environment ] || . /etc/qingting/environment
set +a
[ "$(id -u)" = 0 ] || exec "$version/.venv/bin/qingting" "$@"
exec setpriv --reuid=qingting --regid=qingting --init-groups -- "$version/.venv/bin/qingting" "$@"
