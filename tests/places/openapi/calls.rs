//! A real endpoint, called by schemathesis in all ways that the description has, and in many that it has not.

use std::net::SocketAddr;

use serde_json::{Value, json};
use support::{Envoy, Options, TOKEN, admin, programs::output, project::file};

use super::program;

/// An Envoy whose endpoint has all that can be configured, but a store.
fn everything() -> Value {
    let mut admin = admin();
    admin["public"] = true.into();
    json!({
        "admin": admin,
        // No life that is described is too long.
        "bypass": {"key": "a-key-of-the-tests-and-of-nobody-else", "max_ttl_seconds": 3_153_600_000_u64},
    })
}

/// Runs schemathesis, which must find no difference between the endpoint and its description. What
/// is right is accepted, or refused with this status.
fn assert_as_described(envoy: &Envoy, refused: &str, arguments: &[&str]) {
    let folder = file("tests/places/openapi");
    let report = output(
        program("schemathesis")
            .arg("--config-file")
            .arg(folder.join("schemathesis.toml"))
            .arg("run")
            .arg(file("envoy/openapi.yaml"))
            .args(["--url", &format!("http://{}", envoy.address)])
            .args(arguments)
            .env("MAINTENANCE_TOKEN", TOKEN)
            .env("REFUSED", refused)
            .env("PYTHONPATH", &folder)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(file("target")),
    );
    println!("{report}");
}

#[test]
fn an_endpoint_with_everything_is_as_described() {
    assert_as_described(&Envoy::start(everything()), "409", &[]);
}

/// Calls of bypass tokens are 404 here, whatever their method.
#[test]
fn an_endpoint_with_nothing_more_is_as_described() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let arguments = [
        "--phases",
        "coverage",
        "--exclude-checks",
        "unsupported_method",
        "--warnings",
        "off",
    ];
    assert_as_described(&envoy, "404", &arguments);
}

#[test]
fn endpoints_that_refuse_what_is_right_are_as_described() {
    let mut locked = everything();
    locked["mode"] = "on".into();
    let mut elsewhere = everything();
    elsewhere["admin"]["client_ips"] = json!(["192.0.2.1"]);
    let mut lost = everything();
    lost["store"] = json!({"etcd": {"cluster": "etcd"}});
    for (configuration, refused) in [(locked, "409"), (elsewhere, "403"), (lost, "503")] {
        let mut options = Options::new(configuration);
        let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
        options.clusters = vec![Options::cluster("etcd", [nobody])];
        let right = ["--phases", "coverage", "--mode", "positive"];
        let arguments = [
            &right[..],
            &[
                "--exclude-checks",
                "not_a_server_error",
                "--warnings",
                "off",
            ],
        ]
        .concat();
        assert_as_described(&Envoy::with(options), refused, &arguments);
    }
}
