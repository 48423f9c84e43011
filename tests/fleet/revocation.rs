//! Bypass tokens are revoked on every Envoy.

use serde_json::json;
use support::{
    Envoy, Options, Request,
    etcd::Etcd,
    fleet::{agree, change, configuration, options, start_all},
};

fn with_bypass(etcd: &Etcd) -> Options {
    let mut options = options(etcd);
    let mut plugin = configuration();
    plugin["bypass"] = json!({"key": "k".repeat(32)});
    options.configuration = plugin.to_string();
    options
}

fn passes(envoy: &Envoy, token: &str) -> bool {
    let request = Request::get("/").header("x-maintenance-bypass", token);
    envoy.fetch(&request).is_upstream()
}

#[test]
fn a_revocation_holds_on_every_envoy_and_survives_a_restart() {
    let etcd = Etcd::start();
    let mut envoys = start_all((0..3).map(|_| with_bypass(&etcd)));
    envoys[0].toggle(true);
    agree(&envoys, true);
    let mint = |envoy: &Envoy| {
        let answer = envoy.admin("POST", "bypass?name=qa").json();
        answer["token"].as_str().unwrap().to_owned()
    };
    let token = mint(&envoys[0]);
    assert!(envoys.iter().all(|envoy| passes(envoy, &token)));

    assert_eq!(change(&envoys[1], "bypass/revoke").status, 200);
    agree(&envoys, true);
    assert!(!envoys.iter().any(|envoy| passes(envoy, &token)));

    // Neither a reset nor a restart brings it back.
    assert_eq!(change(&envoys[2], "reset").status, 200);
    envoys[2].toggle(true);
    envoys.push(Envoy::with(with_bypass(&etcd)));
    agree(&envoys, true);
    assert!(!envoys.iter().any(|envoy| passes(envoy, &token)));
    let token = mint(&envoys[3]);
    assert!(envoys.iter().all(|envoy| passes(envoy, &token)));
}
