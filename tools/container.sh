#!/bin/sh
# A centre in a container, by podman or docker: its image, its start, its upgrade and the way back.
#
#   sh tools/container.sh build [OPTION…]           an image of this checkout, qingting:VERSION-COMMIT and :latest
#   sh tools/container.sh up [IMAGE] [-- OPTION…]   starts it, or brings it to another image; back by itself on failure
#   sh tools/container.sh back                      to the image before
#
# OPTIONs are those of `podman build` and of `podman run` (in place of `--network host`, none with a space in it); the
# latter are kept for all upgrades. NAME names container and volumes (NAME:/data, NAME-backups:/backups), CONTAINERS
# the program. All that an upgrade has to know later is noted on the container, in labels.
set -eu
cd "$(dirname "$0")/.."
name=${NAME:-qingting}
containers=${CONTAINERS:-$(command -v podman || command -v docker || true)}

step() { printf '\033[1m· %s\033[0m\n' "$1"; }
fail() { printf '\n✗ %s\n  %s\n' "$1" "$2" >&2; exit 1; }
[ -n "$containers" ] || fail "there is neither podman nor docker here" "apt-get install podman"

there() { "$containers" inspect --format x "$1" >/dev/null 2>&1; }
note() { "$containers" inspect --format "{{index .Config.Labels \"qingting.$1\"}}" "$name" | sed 's/^<no value>$//'; }
image_of() { "$containers" inspect --format '{{.Image}}' "$1"; }
# One command of an image on the data, beside a centre or without it.
once() (
  of=$1; shift
  # shellcheck disable=SC2086 # words
  exec "$containers" run --rm --entrypoint qingting $options -v "$name:/data" -v "$name-backups:/backups" "$of" "$@"
)
start() { # start IMAGE PREVIOUS TABLES BACKUP: the last three are what a way back needs
  # shellcheck disable=SC2086 # words
  "$containers" run -d --name "$name" --restart always --stop-timeout 30 $options \
    -v "$name:/data" -v "$name-backups:/backups" --label "qingting.options=$options" \
    --label "qingting.previous=$2" --label "qingting.tables=$3" --label "qingting.backup=$4" "$1" >/dev/null
}
# Up means: it answers, for some seconds in a row.
comes_up() {
  good=0
  for _ in $(seq 60); do
    sleep 1
    if "$containers" exec "$name" qingting health >/dev/null 2>&1; then good=$((good + 1)); else good=0; fi
    [ $good -lt 5 ] || return 0
  done
  return 1
}
remove() { "$containers" stop "$name" >/dev/null 2>&1 || true; "$containers" rm -f "$name" >/dev/null; }
go_back() {
  new=$(image_of "$name"); old=$(note previous); wanted=$(note tables); copy=$(note backup); options=$(note options)
  [ -n "$old" ] || fail "there is no image to go back to" "$containers images"
  there "$old" || fail "the image before is gone: $old" "$containers images; the backup: $copy"
  step "Back to the image before"
  remove
  now=$(once "$new" tables)
  if [ -n "$wanted" ] && [ "$now" != "$wanted" ]; then
    step "Tables back to $wanted"
    once "$new" tables --to "$wanted" >/dev/null || fail "the tables could not be brought back" \
      "restore the backup (docs/guides/operations.md): $copy"
  fi
  start "$old" "$new" "$now" "$copy"
}

case ${1:-} in
build)
  shift
  number=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml | head -n 1)
  mark=$(git rev-parse --short=10 HEAD 2>/dev/null || date -u +%Y%m%d%H%M%S)
  # An image of the OCI's own format has no health check.
  case $(basename "$containers") in *docker*) format= ;; *) format="--format docker" ;; esac
  # shellcheck disable=SC2086 # words
  "$containers" build $format --build-arg "REVISION=$number-$mark" -t "qingting:$number-$mark" -t qingting:latest \
    -f packaging/Containerfile "$@" .
  ;;
up)
  shift
  image=qingting:latest
  if [ $# -gt 0 ] && [ "$1" != "--" ]; then image=$1; shift; fi
  [ "${1:-}" != "--" ] || shift
  there "$image" || fail "there is no image $image" "make image"
  if ! there "$name"; then
    options=${*:---network host}
    step "Start"
    start "$image" "" "" ""
    comes_up || fail "it does not come up" "$containers logs $name"
    step "It runs. The first administrator: $containers exec $name qingting tenant CODE NAME, then $containers restart $name"
    exit 0
  fi
  old=$(image_of "$name"); options=${*:-$(note options)}
  copy=/backups/$(date -u +%Y%m%dT%H%M%SZ)-before-upgrade
  step "Backup: $name-backups:$copy"
  once "$old" backup "$copy" || fail "the backup could not be made, nothing was changed" "see the message above"
  tables=$(once "$old" tables) || fail "the records could not be asked, nothing was changed" "see the message above"
  step "Upgrade: calls end with their container"
  remove
  start "$image" "$old" "$tables" "$copy"
  if ! comes_up; then
    "$containers" logs --tail 20 "$name" >&2 || true
    go_back
    comes_up || fail "the image before does not come up either" "$containers logs $name; docs/guides/operations.md"
    fail "$image does not come up (its last words stand above)" "the image before runs again"
  fi
  step "$image runs; back: sh tools/container.sh back"
  ;;
back)
  there "$name" || fail "there is no container $name" "$containers ps -a"
  go_back
  comes_up || fail "it does not come up either" "$containers logs $name"
  step "The image before runs"
  ;;
*) sed -n '2,6p' "$0" >&2; exit 2 ;;
esac
