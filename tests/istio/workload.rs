//! What a proxy is for, and what the control plane is to be told of it.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::mesh::SHOP;

/// What a proxy is for.
pub struct Workload {
    pub namespace: &'static str,
    pub name: &'static str,
    /// What tells its ports from those of the others on the machine.
    number: u16,
    kind: Kind,
    /// The host that requests are led to.
    host: &'static str,
}

#[derive(Clone, Copy)]
enum Kind {
    Edge,
    Gateway,
    GatewayApi,
    Sidecar,
    Waypoint,
}

impl Workload {
    /// An ingress gateway, as the samples select it.
    pub fn gateway(name: &'static str, number: u16) -> Self {
        Self {
            namespace: "istio-ingress",
            name,
            number,
            kind: Kind::Gateway,
            host: SHOP,
        }
    }

    /// The proxy of a Gateway of that name, as the Gateway API knows it.
    pub fn gateway_api(name: &'static str, number: u16) -> Self {
        Self {
            kind: Kind::GatewayApi,
            ..Self::gateway(name, number)
        }
    }

    /// The sidecar of a service, as the samples select it.
    pub fn sidecar(name: &'static str, number: u16) -> Self {
        Self {
            namespace: "shop",
            kind: Kind::Sidecar,
            ..Self::gateway(name, number)
        }
    }

    /// The waypoint of a Gateway of that name, to which connections are tunnelled.
    pub fn waypoint(name: &'static str, number: u16) -> Self {
        Self {
            kind: Kind::Waypoint,
            ..Self::sidecar(name, number)
        }
    }

    /// A gateway that no sample selects.
    pub fn edge(name: &'static str, number: u16) -> Self {
        Self {
            kind: Kind::Edge,
            ..Self::gateway(name, number)
        }
    }

    /// The same, but it leads to another host.
    pub fn to(self, host: &'static str) -> Self {
        Self { host, ..self }
    }

    /// What Istio calls a proxy of its kind.
    pub fn node(&self) -> &'static str {
        match self.kind {
            Kind::Edge | Kind::Gateway | Kind::GatewayApi => "router",
            Kind::Sidecar => "sidecar",
            Kind::Waypoint => "waypoint",
        }
    }

    pub fn labels(&self) -> Value {
        match self.kind {
            Kind::Edge => json!({"proxy": self.name}),
            Kind::Gateway => json!({"istio": "ingressgateway", "proxy": self.name}),
            Kind::GatewayApi | Kind::Waypoint => {
                json!({"gateway.networking.k8s.io/gateway-name": self.name})
            }
            Kind::Sidecar => json!({"app": "checkout", "proxy": self.name}),
        }
    }

    /// Where requests are to be sent.
    pub fn port(&self) -> u16 {
        9000 + self.number
    }

    /// The first of the ports of its agent and its Envoy.
    pub fn base(&self) -> u16 {
        15000 + 100 * self.number
    }

    /// What leads requests from its port to the upstream.
    pub fn resources(&self, upstream: SocketAddr) -> Vec<Value> {
        let port = json!({"number": self.port(), "name": "http", "protocol": "HTTP"});
        match self.kind {
            Kind::Edge | Kind::Gateway => vec![
                self.resource(
                    "networking.istio.io/v1",
                    "Gateway",
                    json!({
                        "selector": {"proxy": self.name},
                        "servers": [{"port": port, "hosts": ["*"]}],
                    }),
                ),
                self.resource(
                    "networking.istio.io/v1",
                    "VirtualService",
                    json!({
                        "hosts": ["*"],
                        "gateways": [self.name],
                        "http": [{"route": [{"destination": {"host": self.host}}]}],
                    }),
                ),
            ],
            Kind::GatewayApi => self.gateway_api_resources(),
            Kind::Waypoint => self.waypoint_resources(upstream),
            // No rules of the kernel lead connections to it: it listens itself.
            Kind::Sidecar => vec![self.resource(
                "networking.istio.io/v1",
                "Sidecar",
                json!({
                    "workloadSelector": {"labels": {"proxy": self.name}},
                    "ingress": [{
                        "port": port,
                        "bind": "0.0.0.0",
                        "captureMode": "NONE",
                        "defaultEndpoint": upstream.to_string(),
                    }],
                    "egress": [{"captureMode": "NONE", "hosts": ["~/*"]}],
                }),
            )],
        }
    }

    fn gateway_api_resources(&self) -> Vec<Value> {
        let host = format!("{}.{}.svc.cluster.local", self.name, self.namespace);
        let port = self.port();
        vec![
            self.resource(
                "v1",
                "Service",
                json!({"selector": self.labels(), "ports": [{"name": "http", "port": port}]}),
            ),
            self.resource(
                "gateway.networking.k8s.io/v1",
                "Gateway",
                json!({
                    "gatewayClassName": "istio",
                    "addresses": [{"type": "Hostname", "value": host}],
                    "listeners": [{"name": "http", "protocol": "HTTP", "port": port}],
                }),
            ),
            self.resource(
                "gateway.networking.k8s.io/v1",
                "HTTPRoute",
                json!({
                    "parentRefs": [{"name": self.name}],
                    "rules": [{"backendRefs": [{
                        "group": "networking.istio.io",
                        "kind": "Hostname",
                        "name": self.host,
                        "port": 80,
                    }]}],
                }),
            ),
        ]
    }

    fn resource(&self, version: &str, kind: &str, spec: Value) -> Value {
        json!({
            "apiVersion": version,
            "kind": kind,
            "metadata": {"namespace": self.namespace, "name": self.name},
            "spec": spec,
        })
    }

    fn waypoint_resources(&self, upstream: SocketAddr) -> Vec<Value> {
        let port = 15008;
        let host = format!("{}.{}.svc.cluster.local", self.name, self.namespace);
        let mut gateway = self.resource(
            "gateway.networking.k8s.io/v1",
            "Gateway",
            json!({
                "gatewayClassName": "istio-waypoint",
                "addresses": [{"type": "Hostname", "value": host}],
                "listeners": [{"name": "mesh", "protocol": "HBONE", "port": port}],
            }),
        );
        gateway["metadata"]["labels"] = json!({"istio.io/waypoint-for": "service"});
        let mut service = self.resource(
            "networking.istio.io/v1",
            "ServiceEntry",
            json!({
                "hosts": ["behind.shop"],
                "addresses": [BEHIND],
                "ports": [{"number": 80, "name": "http", "protocol": "HTTP"}],
                "resolution": "STATIC",
                "endpoints": [{"address": "127.0.0.1", "ports": {"http": upstream.port()}}],
            }),
        );
        service["metadata"]["labels"] = json!({"istio.io/use-waypoint": self.name});
        vec![
            self.resource(
                "v1",
                "Service",
                json!({"selector": self.labels(), "ports": [{"name": "mesh", "port": port}]}),
            ),
            gateway,
            service,
            self.resource("networking.istio.io/v1alpha3", "EnvoyFilter", self.plain()),
        ]
    }

    /// What makes a waypoint's configuration one for an Envoy that is not Istio's.
    fn plain(&self) -> Value {
        let patch = |filter: &str, patch: Value| {
            json!({
                "applyTo": "HTTP_FILTER",
                "match": {"context": "ANY", "listener": {"filterChain": {"filter": {
                    "name": "envoy.filters.network.http_connection_manager",
                    "subFilter": {"name": filter},
                }}}},
                "patch": patch,
            })
        };
        let remove = json!({"operation": "REMOVE"});
        let authority = json!({"operation": "REPLACE", "value": {
            "name": "connect_authority",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config",
                "on_request_headers": [{
                    "object_key": "envoy.filters.listener.original_dst.local_ip",
                    "format_string": {"text_format_source": {"inline_string": "%REQ(:AUTHORITY)%"}},
                    "shared_with_upstream": "ONCE",
                }],
            },
        }});
        let gateway = json!({
            "group": "gateway.networking.k8s.io",
            "kind": "Gateway",
            "name": self.name,
        });
        json!({
            "targetRefs": [gateway],
            "configPatches": [
                patch("waypoint_downstream_peer_metadata", remove.clone()),
                patch("waypoint_upstream_peer_metadata", remove),
                patch("connect_authority", authority),
            ],
        })
    }
}

/// The address of the service that has a waypoint.
pub const BEHIND: &str = "10.0.0.200";
