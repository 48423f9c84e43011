//! An update that Envoy takes, although it cannot work: its VMs die at each tick.

use super::{start, traffic::Traffic, update::Update};
use crate::support::{Connection, Delivery, Request, Response, eventually};

fn is_failed(response: &Response) -> bool {
    response.status == 503 && !response.is_blocked() && response.body.is_empty()
}

#[test]
fn lets_no_request_pass_until_the_next_update() {
    let mut envoy = start(Delivery::Ecds, true);
    let mut connection = Connection::open(envoy.address);
    let mut get = || connection.fetch(&Request::get("/"));
    let traffic = Traffic::start(envoy.address);
    envoy.change(|options| Update::deadly().apply(options));
    eventually("the death of a VM", || is_failed(&get()));
    eventually("other VMs", || {
        envoy.stat("wasm.maintenance_mode.vm_reload_success") > 2
    });
    envoy.change(|options| Update::good("new").apply(options));
    eventually("a good update", || get().text().contains("new"));
    for response in traffic.end() {
        assert!(
            response.is_blocked() || is_failed(&response),
            "{response:?}"
        );
    }
    assert_eq!(envoy.upstream.requests(), 0);
    assert_eq!(envoy.admin("GET", "").json()["generation"], 1);
}
