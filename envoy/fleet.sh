#!/bin/sh
# `make fleet`: the fleet of fleet.yaml without Docker, on ports of 127.0.0.1. All of it ends
# with this script, however the script ends, and nothing is kept.
set -eu

fleet=target/fleet
members=etcd-1=http://127.0.0.1:23801,etcd-2=http://127.0.0.1:23802,etcd-3=http://127.0.0.1:23803
patience=60 # seconds for the start
etcdctl=${ETCD%/*}/etcdctl
etcdctl=${etcdctl#"$PWD"/}

# The number of one that was killed may be somebody else's by now, or this one's.
before=$(cat $fleet/pid 2>/dev/null || echo $$)
if [ "$before" != $$ ] && grep -qs fleet.sh "/proc/$before/cmdline"; then
    echo "A fleet is running: stop its process, $before" >&2
    exit 1
fi
rm -rf $fleet
mkdir -p $fleet
echo $$ >$fleet/pid

# At once, because there is nothing to save.
end() {
    for file in $fleet/envoy-?.pid $fleet/etcd-?.pid; do
        [ ! -e "$file" ] || kill -KILL "$(cat "$file")" 2>/dev/null || :
    done
    rm -rf $fleet 2>/dev/null || { sleep 1 && rm -rf $fleet; }
}

# The end comes when nobody holds this pipe open for writing, as this script does while it
# lives. Its processes are started without descriptor 9.
mkfifo $fleet/alive
(
    trap '' INT TERM HUP
    read -r _ <$fleet/alive || :
    end
) &
end=$!
exec 9>$fleet/alive

stop() {
    trap '' INT TERM HUP
    exec 9>&-
    wait $end || :
    exit "$1"
}
trap 'stop 0' INT
trap 'stop 1' TERM HUP

# start NAME COMMAND…
start() {
    name=$1
    shift
    "$@" 9>&- &
    echo $! >"$fleet/$name.pid"
}

start_etcd() {
    start "etcd-$1" "$ETCD" --name "etcd-$1" --data-dir "$fleet/etcd-$1" --log-level warn \
        --listen-client-urls "http://127.0.0.1:2379$1" \
        --advertise-client-urls "http://127.0.0.1:2379$1" \
        --listen-peer-urls "http://127.0.0.1:2380$1" \
        --initial-advertise-peer-urls "http://127.0.0.1:2380$1" \
        --initial-cluster "$members" >"$fleet/etcd-$1.log" 2>&1
}

configure_envoy() {
    sed -e "s/address: 0\.0\.0\.0, port_value: 8080/address: 127.0.0.1, port_value: 809$1/" \
        -e "s/port_value: 9901/port_value: 991$1/" \
        -e 's/address: etcd-\([1-3]\), port_value: 2379/address: 127.0.0.1, port_value: 2379\1/' \
        envoy/fleet-envoy.yaml >"$fleet/envoy-$1.yaml"
}

start_envoy() {
    start "envoy-$1" "$ENVOY" --config-path "$fleet/envoy-$1.yaml" --concurrency 2 \
        --disable-hot-restart --log-format "envoy-$1: %v" \
        --log-level error --component-log-level wasm:warning
}

has_store() {
    curl --silent --max-time 1 --header "Authorization: Bearer $MAINTENANCE_TOKEN" \
        "127.0.0.1:809$1/maintenance-mode" | grep -q '"store_connected":true'
}

# Prints the processes that have ended since it was last called.
ended() {
    for file in $fleet/etcd-?.pid $fleet/envoy-?.pid; do
        if [ -e "$file" ] && ! kill -0 "$(cat "$file")" 2>/dev/null; then
            rm "$file"
            basename "$file" .pid
        fi
    done
}

fail() {
    echo "The fleet does not start: $1" >&2
    stop 1
}

check() {
    for name in $(ended); do
        fail "$name has ended. $(tail -n 2 "$fleet/$name.log" 2>/dev/null || :)"
    done
}

for n in 1 2 3; do
    configure_envoy $n
done
{ cat $fleet/envoy-?.yaml && echo "$members"; } | python3 envoy/preflight.py || stop 1
for n in 1 2 3; do
    start_etcd $n
    start_envoy $n
done
for n in 1 2 3; do
    until has_store $n; do
        patience=$((patience - 1))
        [ $patience -gt 0 ] || fail "it takes too long"
        sleep 1
        check
    done
done
# Whoever has taken a port before may have answered.
check

cat <<END

Three Envoys are ready, each in front of a sample upstream. What is said to one counts for all: the
state is in an etcd of three members.

  The sites     http://localhost:8091, :8092, :8093
  The consoles  http://localhost:8091/maintenance-mode, and so on
  Their token   $MAINTENANCE_TOKEN
  The stats     http://localhost:9911/stats?filter=maintenance_mode, :9912, :9913

In another terminal, in this directory:

  . target/sample.env
  curl -X POST -H "Authorization: Bearer \$MAINTENANCE_TOKEN" "localhost:8091/maintenance-mode/on?for=600"
  curl -H "Authorization: Bearer \$MAINTENANCE_TOKEN" localhost:8092/maintenance-mode
  curl -i localhost:8093/
  $etcdctl --endpoints 127.0.0.1:23791 put maintenance-mode/default '{"maintenance": false}'
  curl -i localhost:8093/

The first Envoy switches maintenance on, and the third blocks; etcdctl switches it off.
With one member of etcd gone, all goes on:

  kill -9 \$(cat target/fleet/etcd-1.pid); sleep 3
  curl -X POST -H "Authorization: Bearer \$MAINTENANCE_TOKEN" localhost:8092/maintenance-mode/on
  curl -i localhost:8093/

When a second one hangs, the store is down: requests are answered as before, changes are refused
with 503, and soon every Envoy says "store_connected": false.

  kill -STOP \$(cat target/fleet/etcd-2.pid); sleep 10
  curl -i localhost:8093/
  curl -X POST -H "Authorization: Bearer \$MAINTENANCE_TOKEN" localhost:8091/maintenance-mode/off
  curl -H "Authorization: Bearer \$MAINTENANCE_TOKEN" localhost:8092/maintenance-mode

When it is back, so is the store:

  kill -CONT \$(cat target/fleet/etcd-2.pid); sleep 10
  curl -X POST -H "Authorization: Bearer \$MAINTENANCE_TOKEN" localhost:8091/maintenance-mode/off
  curl -i localhost:8093/

Ctrl-C stops all of it.

END

while :; do
    sleep 1
    for name in $(ended); do
        echo "$name has ended"
    done
done
