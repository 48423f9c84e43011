//! gRPC-Web: a real client in a real browser, and etcd as the service.

use std::fs;

use serde_json::{Value, json};
use support::{
    Envoy, Options, admin, admin_request, binary, browser::Browser, etcd::Etcd,
    programs::not_tested,
};

use crate::{
    chain::{filters, moved},
    document::block,
};

const MESSAGE: &str = "Back at noon";

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
    let configuration = json!({"admin": admin(), "allow": {"paths": ["/app", "/favicon.ico"]}});
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

/// What the client makes of a call, in both of its formats: the number of bytes of the
/// message, or the code and the text of the error.
fn calls(browser: &Browser, library: &str) -> [Value; 2] {
    let script = r"
        const [library, format] = arguments
        const exports = {}
        new Function('exports', 'module', library)(exports, { exports })
        const range = new exports.MethodDescriptor(
            '/etcdserverpb.KV/Range', 'unary', Object, Object,
            key => new Uint8Array([10, key.length, ...new TextEncoder().encode(key)]),
            bytes => bytes)
        return new exports.GrpcWebClientBase({ format })
            .unaryCall(location.origin + '/etcdserverpb.KV/Range', 'a', {}, range)
            .then(bytes => ({ bytes: bytes.length }), ({ code, message }) => ({ code, message }))
    ";
    ["text", "binary"].map(|format| browser.run_with(script, vec![library.into(), format.into()]))
}

fn switch_on(envoy: &Envoy) {
    let call = "on?message=Back%20at%20noon";
    assert_eq!(envoy.fetch(&admin_request("POST", call)).status, 200);
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
        assert!(!answer["message"].to_string().contains(MESSAGE), "{answer}");
    }
    assert_eq!(envoy.metric("blocked"), 2);
}

/// What the filter says is of gRPC then, but for the status of HTTP, of which Envoy decided
/// before `grpc_web` had translated the request.
#[test]
fn before_the_filter_alone_leaves_the_client_with_words_of_its_own() {
    let Some(library) = library() else { return };
    let etcd = Etcd::start();
    let mut chain = chain();
    let lua = chain.as_array_mut().unwrap().remove(0);
    assert_eq!(lua["name"], "envoy.filters.http.lua");
    let envoy = start(&chain, &etcd);
    let browser = Browser::start();
    browser.open(&envoy, "/app");
    switch_on(&envoy);
    for answer in calls(&browser, &library) {
        assert_eq!(answer["code"], 14, "{answer}");
        assert!(!answer["message"].to_string().contains(MESSAGE), "{answer}");
    }
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
    for answer in calls(&browser, &library) {
        assert_eq!(answer["code"], 14, "{answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(MESSAGE), "{answer}");
    }
    envoy.toggle(false);
    for answer in calls(&browser, &library) {
        assert!(answer["bytes"].as_u64() > Some(0), "{answer}");
    }
}
