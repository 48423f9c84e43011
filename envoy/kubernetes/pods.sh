#!/bin/sh
# Calls the admin endpoint of every gateway pod, and fails unless all of them agree:
#
#   MAINTENANCE_TOKEN=… sh envoy/kubernetes/pods.sh on --for 600
#   MAINTENANCE_TOKEN=… sh envoy/kubernetes/pods.sh status
#
# It needs `kubectl`, with the right to forward ports of these pods, and `maintenancectl`. The
# token goes through the tunnel and is on no command line. A pod that starts later does not know
# what was said: for more than a short while, patch the manifest, or give the filter a store.
#
# Envoy Gateway: NAMESPACE=envoy-gateway-system PORT=10080
#                SELECTOR=gateway.envoyproxy.io/owning-gateway-name=eg
set -eu

namespace=${NAMESPACE:-istio-ingress}
selector=${SELECTOR:-istio=ingressgateway}
port=${PORT:-80} # of the listener, in the pod
path=${ADMIN_PATH:-/maintenance-mode}

[ $# -gt 0 ] || { echo "usage: $0 status|on|off|reset [OPTION]…" >&2; exit 2; }
logs=$(mktemp -d)
tunnels=
stop() {
    # shellcheck disable=SC2086
    [ -z "$tunnels" ] || kill $tunnels 2>/dev/null || :
    rm -rf "$logs"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP

pods=$(kubectl --namespace "$namespace" get pods --selector "$selector" \
    --field-selector status.phase=Running --output name)
[ -n "$pods" ] || { echo "no pod of $namespace has $selector" >&2; exit 1; }
for pod in $pods; do
    log=$logs/${pod#pod/}
    : >"$log"
    kubectl --namespace "$namespace" port-forward "$pod" ":$port" >"$log" 2>&1 &
    tunnel=$!
    tunnels="$tunnels $tunnel"
    until grep -q '^Forwarding from 127' "$log"; do
        kill -0 $tunnel 2>/dev/null || { echo "$pod: $(cat "$log")" >&2; exit 1; }
        sleep 0.1
    done
    bound=$(sed -n 's/^Forwarding from 127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$log")
    set -- "$@" --url "http://127.0.0.1:$bound$path"
    echo "$pod is at http://127.0.0.1:$bound" >&2
done
maintenancectl "$@" || {
    status=$?
    grep -v '^Forwarding\|^Handling' "$logs"/* >&2 || :
    exit $status
}
