//! An address that anybody can write.

use std::process::Command;

use serde_json::{Value, json};
use support::{Envoy, Options, Request, Response, pages::OPERATIONS, programs::output, yaml};

use crate::document::{block, see};

const STAFF: &str = "10.0.0.1";
const OTHER: &str = "192.0.2.9";

fn start(connection_manager: Value, configuration: Value) -> Envoy {
    Envoy::with(Options {
        connection_manager,
        ..Options::new(configuration)
    })
}

fn staff_only() -> Value {
    json!({"mode": "on", "allow": {"client_ips": ["10.0.0.0/8"]}})
}

fn said_to_be(envoy: &Envoy, list: &str) -> Response {
    envoy.fetch(&Request::get("/").header("x-forwarded-for", list))
}

#[test]
fn without_a_guard_who_writes_the_header_passes() {
    let envoy = start(json!({"use_remote_address": false}), staff_only());
    assert!(envoy.get("/").is_blocked());
    assert_eq!(see("forgeable-address", &envoy), ["200\n"]);
    assert_eq!(envoy.metric("allowed.client_ip"), 1);
}

#[test]
fn neither_client_address_nor_trusted_hops_is_a_guard() {
    let mut configuration = staff_only();
    configuration["client_address"] =
        json!({"header": "x-forwarded-for", "trusted_proxies": ["127.0.0.1"]});
    let envoy = start(json!({"use_remote_address": false}), configuration);
    assert!(said_to_be(&envoy, STAFF).is_upstream());

    let hops = json!({"use_remote_address": false, "xff_num_trusted_hops": 1});
    let envoy = start(hops, staff_only());
    assert!(said_to_be(&envoy, &format!("{STAFF}, {STAFF}")).is_upstream());

    let mut configuration = staff_only();
    configuration["client_address"] =
        json!({"header": "x-forwarded-for", "trusted_proxies": ["0.0.0.0/0"]});
    let envoy = start(
        json!({"use_remote_address": true, "skip_xff_append": true}),
        configuration,
    );
    assert!(said_to_be(&envoy, &format!("{STAFF}, {OTHER}")).is_upstream());
}

#[test]
fn an_extension_that_names_no_proxy_is_no_guard() {
    let extension = |settings: Value| {
        let kind =
            "type.googleapis.com/envoy.extensions.http.original_ip_detection.xff.v3.XffConfig";
        let mut config = settings;
        config["@type"] = json!(kind);
        json!({"use_remote_address": false, "original_ip_detection_extensions": [
            {"name": "envoy.http.original_ip_detection.xff", "typed_config": config},
        ]})
    };
    for (settings, list) in [
        (json!({}), STAFF.to_owned()),
        (
            json!({"xff_num_trusted_hops": 1}),
            format!("{STAFF}, {OTHER}"),
        ),
    ] {
        let envoy = start(extension(settings.clone()), staff_only());
        assert!(envoy.get("/").is_blocked());
        assert!(said_to_be(&envoy, &list).is_upstream(), "{settings}");
    }
}

#[test]
fn the_peer_is_the_client_where_clients_come_themselves() {
    let mend = block(
        "forgeable-address",
        "In the HTTP connection manager, clients come themselves",
    );
    let envoy = start(mend.clone(), staff_only());
    assert_eq!(see("forgeable-address", &envoy), ["503\n"]);
    assert!(said_to_be(&envoy, STAFF).is_blocked());

    let here = json!({"mode": "on", "allow": {"client_ips": ["127.0.0.0/8"]}});
    assert!(start(mend, here).get("/").is_upstream());
}

#[test]
fn behind_one_balancer_the_address_that_it_adds_counts() {
    let mend = block(
        "forgeable-address",
        "In the HTTP connection manager, behind one balancer",
    );
    let envoy = start(mend, staff_only());
    assert!(said_to_be(&envoy, &format!("{STAFF}, {OTHER}")).is_blocked());
    assert!(said_to_be(&envoy, &format!("{OTHER}, {STAFF}")).is_upstream());
}

#[test]
fn behind_named_balancers_the_header_of_nobody_else_counts() {
    let place = "In the HTTP connection manager, behind balancers in 10.0.0.0/8";
    let mend = block("forgeable-address", place);
    let envoy = start(mend, staff_only());
    assert_eq!(see("forgeable-address", &envoy), ["503\n"]);

    // The same where this machine is a balancer.
    let here = OPERATIONS
        .block_for("forgeable-address", place)
        .replace("10.0.0.0, prefix_len", "127.0.0.0, prefix_len");
    let envoy = start(yaml::parse(&here), staff_only());
    assert_eq!(see("forgeable-address", &envoy), ["200\n"]);
    assert!(said_to_be(&envoy, &format!("{STAFF}, {OTHER}")).is_blocked());
    assert!(said_to_be(&envoy, &format!("{OTHER}, {STAFF}")).is_upstream());
}

/// A sidecar of somebody, with mutual TLS: whether a caller with this name in its certificate
/// passes.
fn sidecar(caller: &str) -> bool {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    for (name, subject) in [
        ("authority", "URI:spiffe://cluster.local"),
        ("caller", caller),
    ] {
        let mut openssl = Command::new("openssl");
        openssl
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt"])
            .args(["ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj"])
            .arg(format!("/CN={name}"))
            .args(["-addext", &format!("subjectAltName={subject}")])
            .arg("-keyout")
            .arg(path(&format!("{name}.key")))
            .arg("-out")
            .arg(path(&format!("{name}.pem")));
        if name == "caller" {
            openssl
                .arg("-CA")
                .arg(path("authority.pem"))
                .arg("-CAkey")
                .arg(path("authority.key"))
                .args(["-addext", "basicConstraints=CA:FALSE"]);
        }
        let made = openssl.output().unwrap();
        assert!(made.status.success(), "{made:?}");
    }
    let file = |name: &str| json!({"filename": path(name)});
    let mut configuration = block(
        "forgeable-address",
        "The plugin configuration in a sidecar of Istio",
    );
    configuration["mode"] = "on".into();
    let envoy = Envoy::with(Options {
        connection_manager: json!({"use_remote_address": false}),
        transport_socket: Some(json!({
            "name": "envoy.transport_sockets.tls",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
                "require_client_certificate": true,
                "common_tls_context": {
                    "tls_certificates": [{
                        "certificate_chain": file("authority.pem"),
                        "private_key": file("authority.key"),
                    }],
                    "validation_context": {"trusted_ca": file("authority.pem")},
                },
            },
        })),
        ..Options::new(configuration)
    });
    let status = output(
        Command::new("curl")
            .args(["-s", "-k", "-o", "/dev/null", "-w", "%{http_code}"])
            .args(["-H", "x-forwarded-for: 10.0.0.1", "--cert"])
            .arg(path("caller.pem"))
            .arg("--key")
            .arg(path("caller.key"))
            .arg(format!("https://{}/", envoy.address)),
    );
    assert!(["200", "503"].contains(&status.as_str()), "{status}");
    status == "200"
}

#[test]
fn in_a_sidecar_a_certificate_counts_and_the_header_does_not() {
    assert!(sidecar("URI:spiffe://cluster.local/ns/shop/sa/migration"));
    assert!(!sidecar("URI:spiffe://cluster.local/ns/shop/sa/other"));
}
