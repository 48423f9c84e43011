//! Under `FAIL_CLOSED` a worker whose VM died answers 503 until the next configuration.

use serde_json::json;
use support::{Delivery, Envoy, Request, admin, admin_request, eventually};

use super::{Death, assert_failed, assert_serves, kill, mortal, status, workers};

#[test]
fn a_worker_answers_503_until_the_next_configuration() {
    for (delivery, maintenance) in [
        (Delivery::Lds, false),
        (Delivery::Lds, true),
        (Delivery::Ecds, false),
        (Delivery::Ecds, true),
    ] {
        let mut options = mortal(&Death::BY_REQUEST);
        options.failure_policy = "FAIL_CLOSED";
        options.delivery = delivery;
        let mut envoy = Envoy::with(options);
        envoy.toggle(maintenance);
        let mut connections = workers::connections(&envoy);
        kill(&mut connections[0]);
        let before = envoy.upstream.requests();
        for _ in 0..10 {
            assert_failed(&connections[0].fetch(&Request::get("/")));
            assert_failed(&connections[0].fetch(&admin_request("POST", "off")));
        }
        assert_eq!(envoy.upstream.requests(), before);
        assert_serves(&mut connections[1], maintenance);

        envoy.update(json!({"admin": admin(), "response": {"message": "another"}}));
        eventually("the update", || {
            let mut connections = workers::connections(&envoy);
            connections.iter_mut().all(|connection| {
                assert_serves(connection, maintenance);
                status(connection)["generation"] == 1
            })
        });
    }
}
