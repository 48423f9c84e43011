//! Under `FAIL_OPEN` a worker whose VM died has no filter any more.

use serde_json::json;
use support::{ADMIN, Delivery, Envoy, Request, TOKEN, admin, admin_request, eventually};

use super::{Death, assert_serves, kill, mortal, workers};

#[test]
fn a_worker_passes_everything_and_the_token_too() {
    let mut options = mortal(&Death::BY_REQUEST);
    options.failure_policy = "FAIL_OPEN";
    options.delivery = Delivery::Ecds;
    let mut envoy = Envoy::with(options);
    envoy.toggle(true);
    let mut connections = workers::connections(&envoy);
    // Also here the request that kills is lost.
    kill(&mut connections[0]);
    assert_eq!(envoy.upstream.requests(), 0);
    assert_serves(&mut connections[0], false);
    assert_serves(&mut connections[1], true);

    let call = connections[0].fetch(&admin_request("POST", "on"));
    assert!(call.is_upstream(), "{call:?}");
    let head = envoy.upstream.last_head();
    assert!(head.contains(ADMIN) && head.contains(TOKEN), "{head}");

    envoy.update(json!({"admin": admin(), "response": {"message": "another"}}));
    eventually("the update", || {
        connections[0].fetch(&Request::get("/")).is_blocked()
    });
}
