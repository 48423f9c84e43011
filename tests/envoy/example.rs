//! The example of `tests/README.md`.

use serde_json::json;
use support::{Envoy, admin};

#[test]
fn what_is_allowed_passes_while_the_rest_is_blocked() {
    let envoy = Envoy::start(json!({"allow": {"paths": ["/healthz"]}, "admin": admin()}));
    assert!(envoy.get("/").is_upstream());
    envoy.toggle(true);
    assert!(envoy.get("/").is_blocked());
    assert!(envoy.get("/healthz").is_upstream());
    assert_eq!(envoy.metric("blocked"), 1);
}
