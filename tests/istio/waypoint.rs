//! A waypoint of an ambient mesh.

use std::{fs, path::Path};

use serde_json::{Value, json};
use support::{binary, machine::Running};

use crate::{
    identity::certify,
    mesh::{Mesh, machine_for},
    plugin::Plugin,
    proxy::Proxy,
    workload::{BEHIND, Workload},
};

/// An Envoy that tunnels what comes to the port of a waypoint's requests, as a node of the mesh would
/// for a client there.
fn tunnel<'m>(mesh: &Mesh<'m>, workload: &Workload) -> Running<'m> {
    let machine = mesh.server.machine;
    let folder = machine.path("client");
    certify(machine, &folder, "client");
    let bootstrap = machine.path("tunnel.json");
    fs::write(
        &bootstrap,
        tunnelling(workload.port(), &folder.join("etc/certs")).to_string(),
    )
    .unwrap();
    let envoy = binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy");
    machine.spawn(
        "tunnel.log",
        &format!(
            "exec {} --config-path {} --disable-hot-restart --log-level warning",
            envoy.display(),
            bootstrap.display()
        ),
    )
}

fn tunnelling(port: u16, certificates: &Path) -> Value {
    let address =
        |port: u16| json!({"socket_address": {"address": "127.0.0.1", "port_value": port}});
    let file = |name: &str| json!({"filename": certificates.join(name)});
    json!({"static_resources": {
        "listeners": [{"address": address(port), "filter_chains": [{"filters": [{
            "name": "envoy.filters.network.tcp_proxy",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                "stat_prefix": "tunnel",
                "cluster": "waypoint",
                "tunneling_config": {"hostname": format!("{BEHIND}:80")},
            },
        }]}]}],
        "clusters": [{
            "name": "waypoint",
            "load_assignment": {"cluster_name": "waypoint", "endpoints": [{"lb_endpoints": [
                {"endpoint": {"address": address(15008)}},
            ]}]},
            "typed_extension_protocol_options": {
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                    "explicit_http_config": {"http2_protocol_options": {}},
                },
            },
            "transport_socket": {
                "name": "envoy.transport_sockets.tls",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                    "common_tls_context": {
                        "alpn_protocols": ["h2"],
                        "tls_params": {"tls_maximum_protocol_version": "TLSv1_3"},
                        "tls_certificates": [{
                            "certificate_chain": file("cert-chain.pem"),
                            "private_key": file("key.pem"),
                        }],
                    },
                },
            },
        }],
    }})
}

#[test]
fn a_service_is_blocked_at_its_waypoint() {
    let Some(mut machine) = machine_for("a waypoint of Istio") else {
        return;
    };
    let mesh = Mesh::with_gateway_api(&mut machine);
    let workload = Workload::waypoint("waypoint", 0);
    let _tunnel = tunnel(&mesh, &workload);
    mesh.apply(&workload.resources(mesh.upstream.address));
    // As the control plane says where it has seen a pod of it.
    let service = "get service waypoint -o jsonpath={.spec.clusterIP}";
    let address = mesh.server.kubectl(&format!("-n shop {service}"));
    let status = json!({"status": {"addresses": [{"type": "IPAddress", "value": address}]}});
    mesh.server.kubectl(&format!(
        "-n shop patch gateway waypoint --subresource status --type merge -p '{status}'"
    ));
    let proxy = Proxy::start(&mesh, &workload);
    let mut resource = Plugin::sample(&mesh);
    resource["metadata"]["namespace"] = json!("shop");
    let spec = resource["spec"].as_object_mut().unwrap();
    spec.remove("selector").unwrap();
    let service =
        json!({"group": "networking.istio.io", "kind": "ServiceEntry", "name": "waypoint"});
    spec.insert("targetRefs".to_owned(), json!([service]));
    Plugin::apply(&mesh, &resource).wait_for(&proxy);
    assert!(proxy.get("/").is_upstream());
    assert_eq!(proxy.admin("POST", "on").status, 200);
    assert!(proxy.get("/").is_blocked());
    assert!(proxy.get("/healthz").is_upstream());
    proxy.check();
}
