#!/usr/bin/env bash
# Sees to it that mysqldump and mysql are on the PATH of a Debian machine: the guide's own command for a backup is run
# with them. Where they cannot be had, its checks and drills are skipped with a reason, so this never fails.
#   .ci/mysql-client.sh
set -uo pipefail

PATH="$PATH:/usr/local/bin:/usr/bin:/usr/sbin:/sbin"
package=mariadb-client

without() {
  printf 'mysql-client.sh: no mysqldump: %s; what needs it will be skipped\n' "$1"
  exit 0
}

has_both() {
  { command -v mysqldump || command -v mariadb-dump; } >/dev/null && { command -v mysql || command -v mariadb; } >/dev/null
}

if has_both; then
  printf 'mysql-client.sh: %s is here already\n' "$(command -v mysqldump || command -v mariadb-dump)"
  exit 0
fi
((EUID == 0)) || without 'only root can install it (sudo .ci/mysql-client.sh)'
command -v apt-get >/dev/null || without 'this script can install it on Debian only'

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends "$package"; } >"$log" 2>&1 || {
  tail -n 5 "$log" >&2
  without "apt-get could not install $package; its last lines are above"
}
has_both || without "$package came without it"
printf 'mysql-client.sh: installed %s: %s\n' "$package" "$(mysqldump --version)"
