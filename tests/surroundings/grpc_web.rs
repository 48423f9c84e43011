//! gRPC-Web: a real client in a real browser, and etcd as the service.

use std::fs;

use serde_json::{Value, json};
use support::{
    Envoy, Options, Request, admin, admin_request, binary, browser::Browser, etcd::Etcd,
    eventually, programs::not_tested,
};

use crate::{
    chain::{filters, moved},
    document::block,
};

const MESSAGE: &str = "Zurück um 6 % nach";

/// The client library that its makers publish; `None` where it could not be fetched.
fn library() -> Option<String> {
    let path = binary("GRPC_WEB", "target/grpc-web-2.1.1/index.js");
    let library = fs::read_to_string(path).ok();
    if library.is_none() {
        not_tested("gRPC-Web in a browser: its library is not there, which npm fetches");
    }
    library
}

/// An Envoy with these filters, in front of etcd.
fn start(chain: &Value, etcd: &Etcd) -> Envoy {
    start_with(chain, etcd, &json!({}))
}

fn start_with(chain: &Value, etcd: &Etcd, response: &Value) -> Envoy {
    let configuration = json!({
        "admin": admin(),
        "allow": {"paths": ["/app", "/favicon.ico"]},
        "response": response,
    });
    Envoy::with(Options {
        routes: vec![json!({
            "match": {"prefix": "/etcdserverpb.KV/"},
            "route": {"cluster": "etcd"},
        })],
        clusters: vec![etcd.envoy_cluster()],
        ..filters(chain, &configuration)
    })
}

fn chain() -> Value {
    block("gRPC-Web", "In the HTTP connection manager")["http_filters"].clone()
}

/// What the client makes of a call to its own origin, in both of its formats: the number of
/// bytes of the message, or the code and the text of the error.
fn calls(browser: &Browser, library: &str) -> [Value; 2] {
    calls_to("", browser, library)
}

fn calls_to(origin: &str, browser: &Browser, library: &str) -> [Value; 2] {
    let script = r"
        const [library, origin, format] = arguments
        const exports = {}
        new Function('exports', 'module', library)(exports, { exports })
        const range = new exports.MethodDescriptor(
            '/etcdserverpb.KV/Range', 'unary', Object, Object,
            key => new Uint8Array([10, key.length, ...new TextEncoder().encode(key)]),
            bytes => bytes)
        return new exports.GrpcWebClientBase({ format })
            .unaryCall(origin + '/etcdserverpb.KV/Range', 'a', {}, range)
            .then(bytes => ({ bytes: bytes.length }), ({ code, message }) => ({ code, message }))
    ";
    ["text", "binary"].map(|format| {
        let arguments = [library, origin, format].map(Value::from);
        browser.run_with(script, arguments.to_vec())
    })
}

fn switch_on(envoy: &Envoy) {
    let call = "on?message=Zur%C3%BCck%20um%206%20%25%20nach";
    assert_eq!(envoy.fetch(&admin_request("POST", call)).status, 200);
}

fn assert_all_are_unavailable(answers: [Value; 2]) {
    for answer in answers {
        assert_eq!(answer, json!({"code": 14, "message": MESSAGE}));
    }
}

#[test]
fn after_the_filter_the_client_never_gets_the_message() {
    let Some(library) = library() else { return };
    let etcd = Etcd::start();
    let envoy = start(&moved(&chain(), 0), &etcd);
    let browser = Browser::start();
    browser.open(&envoy, "/app");
    switch_on(&envoy);
    for answer in calls(&browser, &library) {
        assert_eq!(answer.get("bytes"), None);
        assert!(!answer["message"].to_string().contains("6 %"), "{answer}");
    }
    assert_eq!(envoy.metric("blocked"), 2);
}

#[test]
fn with_the_filters_of_the_document_it_gets_unavailable_and_the_message() {
    let Some(library) = library() else { return };
    let etcd = Etcd::start();
    let envoy = start(&chain(), &etcd);
    let browser = Browser::start();
    browser.open(&envoy, "/app");
    for answer in calls(&browser, &library) {
        assert!(answer["bytes"].as_u64() > Some(0), "{answer}");
    }
    switch_on(&envoy);
    assert_all_are_unavailable(calls(&browser, &library));
    assert_eq!(envoy.metric("blocked"), 2);
    let line = "/etcdserverpb.KV/Range 200 maintenance_mode blocked".to_owned();
    eventually("both calls in the log", || {
        envoy.access_log(2).iter().filter(|it| **it == line).count() == 2
    });
    envoy.toggle(false);
    for answer in calls(&browser, &library) {
        assert!(answer["bytes"].as_u64() > Some(0), "{answer}");
    }
}

/// The code and the message are headers, which a script of another origin cannot read by default.
#[test]
fn a_client_of_another_origin_gets_them_where_cors_allows_it() {
    let Some(library) = library() else { return };
    let etcd = Etcd::start();
    let app = Envoy::with(Options {
        is_bare: true,
        ..Options::new(json!({}))
    });
    let origin = |envoy: &Envoy| format!("http://{}", envoy.address);
    let response = json!({"cors": {"allow_origins": [origin(&app)]}});
    let envoy = start_with(&chain(), &etcd, &response);
    let browser = Browser::start();
    browser.open(&envoy, "/app");
    browser.open(&app, "/app");
    switch_on(&envoy);
    assert_all_are_unavailable(calls_to(&origin(&envoy), &browser, &library));
}

/// Other filters make gRPC of a request, too, and of the reply what their clients know.
#[test]
fn a_client_of_connect_gets_its_own_unavailable() {
    let bridge = json!({
        "name": "envoy.filters.http.connect_grpc_bridge",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.connect_grpc_bridge.v3.FilterConfig",
        },
    });
    let chain = json!([bridge, {"name": "maintenance_mode"}]);
    let configuration = json!({"mode": "on", "response": {"message": "Back at noon"}});
    let envoy = Envoy::with(filters(&chain, &configuration));
    let call = Request::new("POST", "/shop.Cart/Get")
        .header("content-type", "application/json")
        .header("connect-protocol-version", "1")
        .body("{}");
    let response = envoy.fetch(&call);
    assert_eq!(response.status, 503);
    assert_eq!(
        response.json(),
        json!({"code": "unavailable", "message": "Back at noon"})
    );
    assert!(response.is_blocked());
}
