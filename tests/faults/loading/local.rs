//! A file that is no module of this filter.

use serde_json::json;
use support::{Connection, Delivery, Envoy, Host, Options, Request, admin, module};

use super::modules::BadModules;

fn options(delivery: Delivery) -> Options {
    let mut options = Options::new(json!({"admin": admin()}));
    options.delivery = delivery;
    options
}

fn assert_named(log: &str, complaint: &str) {
    assert!(log.contains(complaint), "{log}");
    let refusal = match Host::under_test() {
        Host::Wasm => "Unable to create Wasm plugin maintenance_mode",
        Host::Native => "Failed to ",
    };
    assert!(
        log.contains(refusal) || complaint == "Invalid path",
        "{log}"
    );
}

#[test]
fn envoy_does_not_start_or_has_no_listener() {
    let modules = BadModules::write();
    for (path, complaint) in modules.all() {
        for delivery in [Delivery::Static, Delivery::Lds] {
            let mut options = options(delivery);
            options.module.clone_from(&path);
            assert_named(&Envoy::refusal(options), complaint);
        }
    }
}

#[test]
fn with_ecds_every_request_gets_500_until_a_module_comes() {
    let modules = BadModules::write();
    for (path, complaint) in modules.all() {
        let mut options = options(Delivery::Ecds);
        options.module = path;
        let mut envoy = Envoy::with(options);
        let mut connection = Connection::open(envoy.address);
        let response = connection.fetch(&Request::get("/"));
        assert_eq!(response.status, 500, "{response:?}");
        assert_eq!(response.text(), "");
        assert_eq!(envoy.upstream.requests(), 0);
        assert_named(&envoy.log(), complaint);
        envoy.change(|options| options.module = module());
        assert!(connection.fetch(&Request::get("/")).is_upstream());
    }
}

#[test]
fn an_update_that_brings_no_module_changes_nothing() {
    let modules = BadModules::write();
    for delivery in [Delivery::Lds, Delivery::Ecds] {
        let mut envoy = Envoy::with(options(delivery));
        let mut connection = Connection::open(envoy.address);
        for (number, (path, complaint)) in modules.all().into_iter().enumerate() {
            let maintenance = number % 2 == 0;
            envoy.toggle(maintenance);
            envoy.change(|options| options.module = path);
            assert_named(&envoy.log(), complaint);
            for response in [connection.fetch(&Request::get("/")), envoy.get("/")] {
                assert_eq!(response.is_blocked(), maintenance, "{response:?}");
                assert_eq!(response.is_upstream(), !maintenance, "{response:?}");
            }
        }
        envoy.toggle(true);
        assert!(connection.fetch(&Request::get("/")).is_blocked());
    }
}
