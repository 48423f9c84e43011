//! Real endpoints, called by schemathesis in all ways that the description has, and in many that it has not.

use std::net::SocketAddr;

use serde_json::{Value, json};
use support::{
    Envoy, Options, TOKEN, admin,
    etcd::{Etcd, KEY},
    fleet::start_all,
    programs::output,
    project::file,
};

use super::program;

/// All that an endpoint can have, with the state in shared data.
fn everything() -> Value {
    let mut admin = admin();
    admin["public"] = true.into();
    json!({
        "admin": admin,
        // No life that is described is too long.
        "bypass": {"key": "a-key-of-the-tests-and-of-nobody-else", "max_ttl_seconds": 3_153_600_000_u64},
    })
}

/// An Envoy that has all that, and a store.
fn with_store(etcd: Value, timeout_ms: u64) -> Options {
    let mut configuration = everything();
    configuration["store"] =
        json!({"etcd": {"cluster": "etcd", "key": KEY, "timeout_ms": timeout_ms}});
    Options {
        clusters: vec![etcd],
        ..Options::new(configuration)
    }
}

/// Runs schemathesis, which must find no difference between the endpoint and its description. What
/// is right is accepted, or refused with this status.
fn assert_as_described(envoy: &Envoy, refused: &str, arguments: &str) {
    let folder = file("tests/places/openapi");
    let report = output(
        program("schemathesis")
            .arg("--config-file")
            .arg(folder.join("schemathesis.toml"))
            .arg("run")
            .arg(file("envoy/openapi.yaml"))
            .args(["--url", &format!("http://{}", envoy.address)])
            .args(arguments.split_whitespace())
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
    assert_as_described(&Envoy::start(everything()), "409", "");
}

/// A busy machine is not to be taken for a store that is lost.
#[test]
fn an_endpoint_with_a_store_is_as_described() {
    let etcd = Etcd::start();
    let envoys = start_all([with_store(etcd.envoy_cluster(), 8000)]);
    assert_as_described(&envoys[0], "409", "--phases examples --warnings off");
}

/// Calls of bypass tokens are 404 here, whatever their method.
#[test]
fn an_endpoint_with_nothing_more_is_as_described() {
    let envoy = Envoy::start(json!({"admin": admin()}));
    let arguments = "--phases coverage --exclude-checks unsupported_method --warnings off";
    assert_as_described(&envoy, "404", arguments);
}

#[test]
fn endpoints_that_refuse_what_is_right_are_as_described() {
    let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
    let lost = with_store(Options::cluster("etcd", [nobody]), 1000);
    let mut locked = everything();
    locked["mode"] = "on".into();
    let mut elsewhere = everything();
    elsewhere["admin"]["client_ips"] = json!(["192.0.2.1"]);
    for (options, refused) in [
        (lost, "503"),
        (Options::new(locked), "409"),
        (Options::new(elsewhere), "403"),
    ] {
        let arguments = "--phases coverage --mode positive --exclude-checks not_a_server_error \
                         --warnings off";
        assert_as_described(&Envoy::with(options), refused, arguments);
    }
}
