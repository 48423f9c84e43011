//! What becomes of requests that wait for the end of maintenance.

use serde_json::json;
use support::{Connection, Envoy, Request, admin, eventually};

use super::{Death, kill, mortal};

#[test]
fn those_who_wait_end_by_the_timeout_of_envoy_and_others_wait_as_before() {
    let mut options = mortal(&Death::BY_REQUEST);
    options.configuration = json!({"admin": admin(), "response": {"hold_seconds": 30}}).to_string();
    options.workers = 1;
    options.connection_manager["stream_idle_timeout"] = json!("3s");
    let envoy = Envoy::with(options);
    envoy.toggle(true);
    let [mut one, mut two] = [(); 2].map(|()| Connection::open(envoy.address));
    one.write("GET / HTTP/1.1\r\nhost: test.example\r\n\r\n");
    eventually("one that waits", || envoy.metric("held") == 1);
    kill(&mut two);
    let answer = one.read().unwrap();
    assert!([408, 503, 504].contains(&answer.status), "{answer:?}");
    assert!(!answer.is_blocked(), "{answer:?}");
    assert_eq!(envoy.upstream.requests(), 0);
    // The gauge still has the one that nobody answered.
    assert_eq!(envoy.metric("held"), 1);
    let mut three = Connection::open(envoy.address);
    three.write("GET / HTTP/1.1\r\nhost: test.example\r\n\r\n");
    eventually("one that waits", || envoy.metric("held") == 2);
    envoy.toggle(false);
    assert!(three.read().unwrap().is_upstream());
    assert_eq!(envoy.metric("held"), 1);
    assert!(three.fetch(&Request::get("/")).is_upstream());
}
