#!/usr/bin/env bash
# Makes a Docker engine answer on a Debian machine, and stops only the one it started.
#   .ci/docker.sh [start]   does nothing when Docker answers already
#   .ci/docker.sh client    prints the docker client that reaches the engine
#   .ci/docker.sh stop
set -euo pipefail

PATH="$PATH:/usr/local/bin:/usr/bin:/usr/sbin:/sbin"
state=/run/tidb-migration-harness
pid_file=$state/dockerd.pid
log=$state/dockerd.log
wait_seconds=60

fail() {
  printf 'docker.sh: %s\n' "$1" >&2
  exit 1
}

# A client older or newer than the engine may refuse to talk to it, so Debian's own client is the second choice.
client() {
  local candidate
  for candidate in docker /usr/bin/docker; do
    command -v "$candidate" >/dev/null || continue
    timeout 10 "$candidate" version --format '{{.Server.Version}}' >/dev/null 2>&1 || continue
    command -v "$candidate"
    return 0
  done
  return 1
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # From Debian 13 on docker.io comes without the client.
  if ! command -v docker >/dev/null && apt-cache show docker-cli >/dev/null 2>&1; then set -- "$@" docker-cli; fi
  apt-get install -y -qq --no-install-recommends "$@"
}

install_missing() {
  local missing=()
  command -v dockerd >/dev/null || missing+=(docker.io)
  command -v iptables >/dev/null || missing+=(iptables)
  ((${#missing[@]})) || return 0
  apt_install "${missing[@]}" >"$state/install.log" 2>&1 || {
    tail -n 20 "$state/install.log" >&2
    fail "apt-get could not install ${missing[*]}; its last lines are above"
  }
  did+="installed ${missing[*]}, "
}

# The pid file outlives a reboot or a kill: the number may be another process by then, or a zombie, which has no exe.
started_pid() {
  local pid
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  [[ $(readlink "/proc/$pid/exe") == */dockerd* ]] || return 1
  printf '%s\n' "$pid"
}

launch() {
  local pid deadline=$((SECONDS + wait_seconds))
  if ! pid=$(started_pid); then
    rm -f "$pid_file"
    setsid dockerd --pidfile "$pid_file" >"$log" 2>&1 </dev/null 9>&- &
    pid=$!
  fi
  until found=$(client); do
    if ((SECONDS >= deadline)) || ! kill -0 "$pid" 2>/dev/null; then
      kill "$pid" 2>/dev/null || true
      tail -n 20 "$log" >&2
      fail "dockerd stopped, or did not answer within $wait_seconds s; the last lines of $log are above"
    fi
    sleep 0.2
  done
  did+="started dockerd (pid $pid, log $log), "
}

start() {
  local found did='' began=$SECONDS
  if found=$(client); then
    printf 'docker.sh: Docker answers already to %s, nothing to do\n' "$found"
    return 0
  fi
  [[ -z ${DOCKER_HOST:-} ]] || fail "DOCKER_HOST=$DOCKER_HOST does not answer; unset it to get an engine on this machine"
  ((EUID == 0)) || fail 'Docker does not answer, and only root can install and start it: sudo .ci/docker.sh'
  command -v apt-get >/dev/null || fail 'Docker does not answer; this script can install it on Debian only'
  mkdir -p "$state"
  exec 9>"$state/lock"
  flock 9
  install_missing
  # Where systemd runs, installing the package has started the engine; a run that held the lock may have, too.
  found=$(client) || launch
  printf 'docker.sh: %sDocker answers to %s after %s s\n' "$did" "$found" "$((SECONDS - began))"
}

stop() {
  local pid
  pid=$(started_pid) || {
    printf 'docker.sh: no engine of mine is running, nothing to stop\n'
    return 0
  }
  kill "$pid"
  for ((tick = 0; tick < wait_seconds * 5; tick++)); do
    started_pid >/dev/null || {
      rm -f "$pid_file"
      printf 'docker.sh: stopped dockerd (pid %s)\n' "$pid"
      return 0
    }
    sleep 0.2
  done
  fail "dockerd (pid $pid) did not stop within $wait_seconds s; see $log"
}

case "${1:-start}" in
  start) start ;;
  client) client || fail 'Docker does not answer: start it with .ci/docker.sh' ;;
  stop) stop ;;
  *) fail 'usage: .ci/docker.sh [start|client|stop]' ;;
esac
