//! `response.redirect`.

use serde_json::json;
use support::{Envoy, Request};

use super::{HTML, JSON, TEXT, accepting, configuration, envoy, grpc};

const TARGET: &str = "https://status.example.com/now?a=b";

#[test]
fn get_and_head_that_would_get_html_are_sent_elsewhere_and_nobody_else() {
    let envoy = envoy(json!({"redirect": TARGET}));
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    let of_browser = |method| Request::new(method, "/cart?a").header("accept", browser);
    for (request, redirected) in [
        (accepting(HTML), true),
        (of_browser("GET"), true),
        (of_browser("HEAD"), true),
        (Request::get("/").header("user-agent", "Mozilla/5.0"), true),
        (Request::get("/").header("sec-fetch-dest", "document"), true),
        (of_browser("POST").body("a"), false),
        (of_browser("PUT").body("a"), false),
        (of_browser("DELETE"), false),
        (of_browser("OPTIONS"), false),
        (Request::get("/"), false),
        (accepting("*/*"), false),
        (accepting(JSON), false),
        (accepting(TEXT), false),
        (Request::new("HEAD", "/").header("accept", JSON), false),
        (grpc(), false),
    ] {
        let response = envoy.fetch(&request);
        assert!(response.is_blocked(), "{request:?}");
        let location = response.header("location");
        assert_eq!(location, redirected.then_some(TARGET), "{request:?}");
        assert_eq!(response.status == 302, redirected, "{request:?}");
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert_eq!(response.header("retry-after"), Some("3600"));
        if !redirected && response.header("grpc-status").is_none() {
            assert_eq!(response.status, 503, "{request:?}");
        }
    }
    assert_eq!(envoy.upstream.requests(), 0);
    let open = Request::get("/open").header("accept", HTML);
    assert!(envoy.fetch(&open).is_upstream());
}

#[test]
fn the_format_decides_who_would_get_html() {
    for (format, redirected) in [
        ("html", [true, true]),
        ("json", [false; 2]),
        ("text", [false; 2]),
    ] {
        let envoy = envoy(json!({"redirect": TARGET, "format": format}));
        let of = |accept| envoy.fetch(&accepting(accept)).status == 302;
        assert_eq!([of(HTML), of(JSON)], redirected, "{format}");
    }
}

#[test]
fn the_target_itself_gets_the_reply_without_the_redirect_and_does_not_pass() {
    let envoy = envoy(json!({"redirect": TARGET}));
    for (host, path, redirected) in [
        ("status.example.com", "/now", false),
        ("status.example.com", "/now?a=b", false),
        ("status.example.com", "/now?c", false),
        ("STATUS.example.com", "/now", false),
        ("status.example.com:443", "/now", false),
        ("status.example.com", "/", true),
        ("status.example.com", "/now/", true),
        ("status.example.com", "/nowhere", true),
        ("status.example.com", "/Now", true),
        ("www.status.example.com", "/now", true),
        ("example.com", "/now", true),
    ] {
        for method in ["GET", "HEAD"] {
            let request = Request::new(method, path)
                .header("host", host)
                .header("accept", HTML);
            let response = envoy.fetch(&request);
            assert!(response.is_blocked(), "{host}{path}");
            let status = if redirected { 302 } else { 503 };
            assert_eq!(response.status, status, "{method} {host}{path}");
            let location = response.header("location");
            assert_eq!(location, redirected.then_some(TARGET), "{host}{path}");
        }
    }
    assert_eq!(envoy.upstream.requests(), 0);
}

#[test]
fn a_target_behind_this_envoy_passes_by_an_allow_of_its_own() {
    let mut configuration = configuration(json!({"redirect": "http://test.example/status"}));
    configuration["allow"] = json!({"paths": ["/status"]});
    let envoy = Envoy::start(configuration);
    let browser = |path: &str| envoy.fetch(&Request::get(path).header("accept", HTML));
    let sent = browser("/cart");
    assert_eq!(sent.status, 302);
    let target = sent.header("location").unwrap();
    let path = target.strip_prefix("http://test.example").unwrap();
    assert!(browser(path).is_upstream());
}

#[test]
fn a_target_without_a_path_is_the_root_of_its_host() {
    let envoy = envoy(json!({"redirect": "https://status.example.com"}));
    let of = |path: &str| {
        let request = Request::get(path).header("host", "status.example.com");
        envoy.fetch(&request.header("accept", HTML)).status
    };
    assert_eq!((of("/"), of("/?a"), of("/a")), (503, 503, 302));
}
