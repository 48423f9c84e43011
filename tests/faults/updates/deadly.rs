//! An update that Envoy takes, although it cannot work: its VMs die at each tick.

use support::{Connection, Delivery, Request, eventually};

use super::{start, traffic::Traffic, update::Update};

#[test]
fn lets_no_request_pass_until_the_next_update() {
    let mut envoy = start(Delivery::Ecds, true);
    let mut connection = Connection::open(envoy.address);
    let mut get = || connection.fetch(&Request::get("/"));
    let traffic = Traffic::start(envoy.address);
    envoy.change(|options| Update::deadly().apply(options));
    eventually("the death of a VM", || get().is_failed());
    eventually("other VMs", || {
        envoy.stat("wasm.maintenance_mode.vm_reload_success") > 2
    });
    envoy.change(|options| Update::good("new").apply(options));
    eventually("a good update", || get().text().contains("new"));
    for response in traffic.end() {
        assert!(
            response.is_blocked() || response.is_failed(),
            "{response:?}"
        );
    }
    assert_eq!(envoy.upstream.requests(), 0);
    assert_eq!(envoy.admin("GET", "").json()["generation"], 1);
}
