//! Calls of a web application to another origin, by somebody with a bypass link.

use serde_json::{Value, json};
use support::{Envoy, Options, admin, browser::Browser, eventually, pages::OPERATIONS, yaml};

use crate::chain::{filters, with};

const HEADING: &str = "Preflights of people with a bypass link";

/// A block of the document about the origin of this application.
fn block_about(app: &Envoy, place: &str) -> Value {
    let origin = origin(app);
    yaml::parse(
        &OPERATIONS
            .block_for(HEADING, place)
            .replace("https://app.example.com", &origin),
    )
}

fn origin(envoy: &Envoy) -> String {
    format!("http://{}", envoy.address)
}

fn configuration() -> Value {
    json!({
        "initial": "on",
        "admin": admin(),
        "bypass": {"key": "a-key-of-thirty-two-bytes-or-more"},
    })
}

/// Where the application is, which is not in maintenance.
fn application() -> Envoy {
    Envoy::with(Options {
        is_bare: true,
        ..Options::new(json!({}))
    })
}

/// An API in maintenance, behind which is a server that allows the application by itself, as
/// it must while off.
fn start(app: &Envoy, configuration: Value) -> (Envoy, Envoy) {
    let header = |name: &str, value: &str| json!({"header": {"key": name, "value": value}});
    let server = Envoy::with(Options {
        is_bare: true,
        routes: vec![json!({
            "match": {"prefix": "/api"},
            "route": {"cluster": "upstream"},
            "response_headers_to_add": [
                header("access-control-allow-origin", &origin(app)),
                header("access-control-allow-credentials", "true"),
            ],
        })],
        ..Options::new(json!({}))
    });
    let api = Envoy::with(Options {
        upstream: Some(server.address),
        ..Options::new(configuration)
    });
    (api, server)
}

/// Opens a bypass link of the API in this browser, and then the application.
fn open_with_bypass(browser: &Browser, api: &Envoy, app: &Envoy) {
    let minted = api.admin("POST", "bypass?name=qa");
    let token = minted.json()["token"].as_str().unwrap().to_owned();
    browser.open(
        api,
        &format!("/maintenance-mode/bypass?token={token}&next=/api"),
    );
    assert_eq!(browser.text("body"), "upstream");
    browser.open(app, "/");
}

/// What the application makes of a call that needs a preflight: the status, or the error.
fn call(browser: &Browser, api: &Envoy) -> Value {
    let script = "return fetch(arguments[0], {
            method: 'PUT',
            credentials: 'include',
            headers: { 'x-requested-with': 'app' },
        }).then(answer => answer.status, error => error.message)";
    browser.run_with(script, vec![format!("{}/api", origin(api)).into()])
}

/// Whether the access log has a line that begins so. Browsers ask for an icon, too.
fn is_logged(api: &Envoy, line: &str) -> bool {
    let lines = api.access_log(1);
    lines.iter().any(|logged| logged.starts_with(line))
}

/// The preflight is blocked, since it has no cookie.
#[test]
fn a_preflight_has_no_cookie_and_so_the_call_fails() {
    let app = application();
    let (api, server) = start(&app, configuration());
    let browser = Browser::start();
    open_with_bypass(&browser, &api, &app);
    assert_eq!(call(&browser, &api), "Failed to fetch");
    eventually("the preflight in the log", || {
        is_logged(&api, "/api 503 maintenance_mode blocked")
    });
    assert!(!server.upstream.last_head().starts_with("PUT "));
    assert!(!browser.take_reports().is_empty());
}

#[test]
fn the_filter_may_answer_the_preflight() {
    let app = application();
    let mend = block_about(&app, "The plugin configuration");
    let (api, server) = start(&app, with(configuration(), &mend));
    let browser = Browser::start();
    open_with_bypass(&browser, &api, &app);
    assert_eq!(call(&browser, &api), 200);
    assert!(server.upstream.last_head().starts_with("PUT /api "));

    // Without the cookie the application can read why.
    let revoked = api.admin("POST", "bypass/revoke");
    assert_eq!(revoked.status, 200);
    assert_eq!(call(&browser, &api), 503);
}

#[test]
fn envoys_own_cors_may_answer_it_before() {
    let app = application();
    let chain = block_about(&app, "In the HTTP connection manager")["http_filters"].clone();
    let route = json!({"match": {"prefix": "/api"}, "route": {"cluster": "upstream"}});
    let api = Envoy::with(Options {
        routes: vec![with(route, &block_about(&app, "On the route"))],
        ..filters(&chain, &configuration())
    });
    let browser = Browser::start();
    open_with_bypass(&browser, &api, &app);
    assert_eq!(call(&browser, &api), 200);
    assert!(api.upstream.last_head().starts_with("PUT /api "));

    let revoked = api.admin("POST", "bypass/revoke");
    assert_eq!(revoked.status, 200);
    assert_eq!(call(&browser, &api), 503);
}
