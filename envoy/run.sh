#!/bin/sh
# `make run`: an Envoy with the bootstrap that is named, and what to type next, once it is ready.
# Envoy ends with this script, also when the terminal is closed, which Envoy itself would outlive.
set -eu

python3 envoy/preflight.py <"$1"

# Nothing is shared with other Envoys of this machine.
"$ENVOY" --config-path "$1" --concurrency 2 --log-level warning --disable-hot-restart &
envoy=$!
trap 'kill "$envoy" 2>/dev/null || :' INT TERM HUP

has_ended() {
    ! kill -0 "$envoy" 2>/dev/null
}

until curl --silent --fail --max-time 1 --output /dev/null 127.0.0.1:9901/ready; do
    sleep 0.1
    ! has_ended || break
done

has_ended || cat <<END

Envoy is ready: a sample upstream with maintenance mode in front of it.

  The site     http://localhost:8080
  The console  http://localhost:8080/maintenance-mode
  Its token    $MAINTENANCE_TOKEN
  The stats    http://localhost:9901/stats?filter=maintenance_mode

In another terminal, in this directory:

  . target/sample.env
  curl -i localhost:8080/
  curl -X POST -H "Authorization: Bearer \$MAINTENANCE_TOKEN" "localhost:8080/maintenance-mode/on?for=600"
  curl -i localhost:8080/
  curl -i localhost:8080/healthz
  curl -X POST -H "Authorization: Bearer \$MAINTENANCE_TOKEN" localhost:8080/maintenance-mode/off
  curl -i localhost:8080/

The second GET of / is blocked with 503, /healthz is on the allow-list and passes.
\`make cli\` builds a command line that says the same in fewer words, and \`make fleet\` starts three
Envoys that are switched as one. Ctrl-C stops this one.

END

# What it ended with. A signal ends a wait, but not yet Envoy.
while :; do
    status=0
    wait "$envoy" || status=$?
    ! has_ended || exit "$status"
done
