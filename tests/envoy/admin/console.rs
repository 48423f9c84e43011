//! The contract, section 4: the console page, and the counters that it shows.

use serde_json::json;
use support::{ADMIN, Connection, Envoy, Request, Response, admin, admin_request, eventually};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn with_console() -> Envoy {
    let mut configuration = json!({"allow": {"paths": ["/healthz"]}, "admin": admin()});
    configuration["admin"]["console"] = true.into();
    Envoy::start(configuration)
}

fn is_console(response: &Response) -> bool {
    response.status == 200
        && response.header("content-type") == Some("text/html; charset=utf-8")
        && response.text().contains("<title>Maintenance mode</title>")
}

#[test]
fn a_browser_gets_the_page_without_a_token_and_on_or_off() {
    let envoy = with_console();
    for on in [false, true] {
        envoy.toggle(on);
        for accept in [BROWSER, "text/html", "application/json;q=0.5, text/html"] {
            let request = Request::get(ADMIN).header("accept", accept);
            assert!(is_console(&envoy.fetch(&request)), "{accept}");
        }
        let query = Request::get(&format!("{ADMIN}?utm=x")).header("accept", BROWSER);
        assert!(is_console(&envoy.fetch(&query)));
    }
    assert_eq!(envoy.upstream.requests(), 0);
    assert_eq!(envoy.metric("admin_denied"), 0);
}

#[test]
fn who_does_not_name_html_gets_the_status_or_401_as_before() {
    let envoy = with_console();
    for accept in [
        None,
        Some("*/*"),
        Some("application/json"),
        Some("text/html;q=0, */*"),
    ] {
        let with_accept = |request: Request| match accept {
            Some(accept) => request.header("accept", accept),
            None => request,
        };
        let status = envoy.fetch(&with_accept(admin_request("GET", "")));
        assert_eq!(status.json()["maintenance"], false, "{accept:?}");
        let refused = envoy.fetch(&with_accept(Request::get(ADMIN)));
        assert_eq!(refused.status, 401, "{accept:?}");
    }
}

#[test]
fn only_the_endpoint_itself_is_the_page_and_only_to_get() {
    let envoy = with_console();
    let slash = Request::get(&format!("{ADMIN}/")).header("accept", BROWSER);
    assert_eq!(envoy.fetch(&slash).status, 200);
    for path in ["/on/", "/on", "/counters", "/x"] {
        let request = Request::get(&format!("{ADMIN}{path}")).header("accept", BROWSER);
        assert_eq!(envoy.fetch(&request).status, 401, "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let request = Request::new(method, ADMIN).header("accept", BROWSER);
        assert_eq!(envoy.fetch(&request).status, 401, "{method}");
    }
}

#[test]
fn without_console_there_is_no_page() {
    for console in [json!({}), json!({"console": false})] {
        let mut configuration = json!({"admin": admin()});
        let admin = configuration["admin"].as_object_mut().unwrap();
        admin.extend(console.as_object().unwrap().clone());
        let envoy = Envoy::start(configuration);
        let request = Request::get(ADMIN).header("accept", BROWSER);
        assert_eq!(envoy.fetch(&request).status, 401);
        let status = envoy.fetch(&admin_request("GET", "").header("accept", BROWSER));
        assert_eq!(status.header("content-type"), Some("application/json"));
    }
}

#[test]
fn the_page_is_kept_nowhere_and_may_do_little() {
    let envoy = with_console();
    let mut connection = Connection::open(envoy.address);
    for method in ["HEAD", "GET"] {
        let request = Request::new(method, ADMIN).header("accept", BROWSER);
        let page = connection.fetch(&request);
        assert_eq!(page.body.is_empty(), method == "HEAD");
        assert!(page.body.len() < 40 * 1024);
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("vary", "accept, accept-language"),
            ("content-language", "en"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(page.header(name), Some(value), "{method}");
        }
        let policy = page.header("content-security-policy").unwrap();
        for part in [
            "default-src 'none'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{part}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(page.header("set-cookie").is_none() && page.header("etag").is_none());
    }
}

#[test]
fn client_ips_hold_for_the_page() {
    let mut configuration = json!({"admin": admin()});
    configuration["admin"]["console"] = true.into();
    configuration["admin"]["client_ips"] = json!(["127.0.0.2"]);
    let envoy = Envoy::start(configuration);
    let request = Request::get(ADMIN).header("accept", BROWSER);
    assert!(is_console(
        &Connection::from("127.0.0.2", envoy.address).fetch(&request)
    ));
    let refused = envoy.fetch(&request);
    assert_eq!(refused.status, 403);
    assert_eq!(
        refused.header("content-type"),
        Some("application/problem+json")
    );
}

#[test]
fn the_counters_are_those_of_this_envoy_all_workers_together() {
    let envoy = with_console();
    let counters = || envoy.admin("GET", "counters").json();
    let none = json!({
        "client_ip": 0, "path": 0, "host": 0, "method": 0, "header": 0, "cookie": 0,
        "attribute": 0, "bypass": 0, "rule": 0, "ramp": 0, "released": 0,
    });
    let first = counters();
    assert_eq!(first["envoy"], "test");
    assert_eq!(first["counters"]["blocked"], 0);
    assert_eq!(first["counters"]["allowed"], none);
    assert_eq!(first["held"], 0);

    envoy.toggle(true);
    for _ in 0..12 {
        envoy.get("/");
        envoy.get("/healthz");
    }
    envoy.get(ADMIN);
    eventually("the counters", || {
        let counters = &counters()["counters"];
        counters["blocked"] == 12
            && counters["observed"] == 0
            && counters["allowed"]["path"] == 12
            && counters["admin_denied"] == 1
            && counters["errors"] == 0
    });
    let granted = || counters()["counters"]["admin_granted"].as_u64().unwrap();
    assert!(granted() < granted());
}

#[test]
fn the_counters_need_a_token_and_a_get_without_parameters() {
    let envoy = with_console();
    let refused = envoy.get(&format!("{ADMIN}/counters"));
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    for method in ["POST", "PUT", "DELETE"] {
        let refused = envoy.admin(method, "counters");
        assert_eq!(refused.status, 405, "{method}");
        assert_eq!(refused.header("allow"), Some("GET, HEAD"), "{method}");
    }
    assert_eq!(envoy.admin("GET", "counters?x=1").status, 400);
    let head = envoy.admin("HEAD", "counters");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("cache-control"), Some("no-store"));
}
