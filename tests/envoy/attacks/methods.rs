//! Headers that frameworks take for the method or the path of a request.

use serde_json::json;
use support::{ADMIN, Envoy, Request, TOKEN};

use super::configuration;

#[test]
fn no_header_overrides_method_or_path() {
    let mut configuration = configuration();
    configuration["allow"] = json!({"methods": ["PATCH"], "paths": ["/open"]});
    configuration["rules"] = json!([
        {"name": "reads", "match": {"methods": ["GET"], "paths": ["/shop/*"]}, "action": "allow"},
    ]);
    let envoy = Envoy::start(configuration);
    for (name, value) in [
        ("x-http-method-override", "PATCH"),
        ("x-http-method", "PATCH"),
        ("x-method-override", "GET"),
        ("x-original-method", "GET"),
        ("x-original-url", "/open"),
        ("x-rewrite-url", "/open"),
        ("x-envoy-original-path", "/open"),
        ("x-forwarded-uri", "/open"),
        ("x-forwarded-prefix", "/open"),
    ] {
        let post = Request::new("POST", "/shop/a").header(name, value);
        assert!(envoy.fetch(&post).is_blocked(), "{name}");
        let call = Request::get(&format!("{ADMIN}/off"))
            .header("authorization", format!("Bearer {TOKEN}"))
            .header(name, value.replace("PATCH", "POST"));
        assert_eq!(envoy.fetch(&call).status, 405, "{name}");
    }
    let in_query = Request::new("POST", "/shop/a?_method=GET&_method=PATCH");
    assert!(envoy.fetch(&in_query).is_blocked());
    assert_eq!(envoy.upstream.requests(), 0);
    assert!(envoy.fetch(&Request::get("/shop/a")).is_upstream());
    assert!(envoy.fetch(&Request::new("PATCH", "/")).is_upstream());
}
