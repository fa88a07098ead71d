#!/usr/bin/env bash
# Puts a static tidb-server into an image of its own, for machines that cannot pull pingcap/tidb.
#   .ci/image.sh BINARY TAG
# The image starts like pingcap/tidb: docker run TAG -P 3306 -store unistore
set -euo pipefail

fail() {
  printf 'image.sh: %s\n' "$1" >&2
  exit 1
}

(($# == 2)) || fail 'usage: .ci/image.sh BINARY TAG'
binary=$1
tag=$2
label=tidb-migration-harness.binary-sha256

[[ -x $binary ]] || fail "$binary is not there or cannot be run; build tidb-server first"
docker=$("$(dirname "$0")/docker.sh" client)
sha256=$(sha256sum "$binary" | cut -d ' ' -f 1)

if [[ $("$docker" image inspect --format "{{index .Config.Labels \"$label\"}}" "$tag" 2>/dev/null) == "$sha256" ]]; then
  printf 'image.sh: %s holds this binary already, nothing to do\n' "$tag"
  exit 0
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
install -m 755 "$binary" "$root/tidb-server"
install -d -m 1777 "$root/tmp"
# Without these files TiDB refuses named time zones, which pingcap/tidb knows.
if [[ -d /usr/share/zoneinfo ]]; then
  mkdir -p "$root/usr/share"
  cp -R /usr/share/zoneinfo "$root/usr/share/"
fi
# `docker import` needs no builder: the old one is gone from new clients, and buildx is a package of its own.
tar --create --owner=0 --group=0 --directory "$root" . |
  "$docker" import \
    --change 'ENTRYPOINT ["/tidb-server"]' \
    --change 'EXPOSE 4000' \
    --change "LABEL $label=$sha256" \
    - "$tag" >/dev/null
printf 'image.sh: built %s from %s in %s s\n' "$tag" "$binary" "$SECONDS"
