use serde_json::json;

use crate::support::{Envoy, admin};

#[test]
fn blocks_allows_and_toggles() {
    let envoy = Envoy::start(json!({"allow": {"paths": ["/healthz"]}, "admin": admin()}));
    assert!(envoy.get("/").is_upstream());
    envoy.toggle(true);
    assert!(envoy.get("/").is_blocked());
    assert!(envoy.get("/healthz").is_upstream());
    assert_eq!(envoy.upstream.requests(), 2);
    envoy.toggle(false);
    assert!(envoy.get("/").is_upstream());
    println!("{}", envoy.log());
    println!("{:?}", envoy.access_log(5));
    println!("{}", envoy.envoy_admin("/stats?filter=maintenance"));
    println!("{:#?}", envoy.admin("GET", "").json());
}
