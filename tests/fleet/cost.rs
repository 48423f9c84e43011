//! What a request costs: the calls of the host that it makes.

use serde_json::Value;
use support::{
    Envoy, Options, Request,
    etcd::Etcd,
    fleet::{agree, configuration, disconnected, options},
    host_calls,
};

fn start(etcd: &Etcd, configuration: &Value) -> Envoy {
    let mut options: Options = options(etcd);
    options.configuration = configuration.to_string();
    options.workers = 1;
    options.log_level = "trace";
    Envoy::with(options)
}

#[test]
fn a_request_makes_the_same_calls_of_the_host_with_a_store_and_without() {
    let mut etcd = Etcd::start();
    let mut without_store = configuration();
    without_store.as_object_mut().unwrap().remove("store");
    let envoys = [&without_store, &configuration()].map(|plugin| start(&etcd, plugin));
    agree(&envoys[1..], false);
    let calls = |maintenance: bool| {
        let [without, with] = [&envoys[0], &envoys[1]].map(|envoy| {
            envoy.toggle(maintenance);
            let calls = host_calls(envoy, &Request::get("/"));
            assert_eq!(envoy.get("/").is_blocked(), maintenance);
            calls
        });
        assert!(!without.is_empty());
        assert_eq!(without, with, "maintenance {maintenance}");
        println!("host calls, maintenance {maintenance}: {}", with.join(", "));
        with
    };
    calls(false);
    let blocked = calls(true);

    etcd.kill();
    disconnected(&envoys[1..]);
    assert_eq!(host_calls(&envoys[1], &Request::get("/")), blocked);
}
