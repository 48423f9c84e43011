//! `local_reply_config`, which writes the bodies of Envoy's own replies.

use serde_json::{Value, json};
use support::{Envoy, Options, Request, Response};

use crate::{
    chain::with,
    document::{block, see},
};

/// JSON for everybody, and a mapper: what people have before.
fn careless() -> Value {
    json!({
        "use_remote_address": true,
        "preserve_external_request_id": true,
        "local_reply_config": {
            "mappers": [{
                "filter": {"status_code_filter": {"comparison": {
                    "op": "GE",
                    "value": {"default_value": 500, "runtime_key": "none"},
                }}},
                "status_code": 500,
                "body": {"inline_string": "an error"},
            }],
            "body_format": {"json_format": {"error": "%LOCAL_REPLY_BODY%"}},
        },
    })
}

/// The mapper of the document before those that there were.
fn careful() -> Value {
    let mend = block(
        "reply-replaced",
        "In the HTTP connection manager, local_reply_config",
    );
    let before = careless();
    let mut after = with(before.clone(), &mend);
    let own = &before["local_reply_config"]["mappers"][0];
    let mappers = &mut after["local_reply_config"]["mappers"];
    mappers.as_array_mut().unwrap().push(own.clone());
    after
}

fn start(connection_manager: Value) -> Envoy {
    Envoy::with(Options {
        connection_manager,
        routes: vec![json!({"match": {"path": "/missing"}, "route": {"cluster": "nobody"}})],
        clusters: vec![json!({"name": "nobody"})],
        ..Options::new(json!({"mode": "on", "allow": {"paths": ["/missing"]}}))
    })
}

fn accept(envoy: &Envoy, kind: &str) -> Response {
    // The page shows it.
    let id = "7cbac3a4-0d1c-4b5f-9d5a-2a1f5f3f6f10";
    let request = Request::get("/").header("x-request-id", id);
    envoy.fetch(&request.header("accept", kind))
}

/// What Envoy itself says there.
fn assert_own_errors_are_rewritten(envoy: &Envoy) {
    let response = envoy.get("/missing");
    assert_eq!(response.status, 500);
    assert_eq!(response.json(), json!({"error": "an error"}));
}

#[test]
fn a_body_format_gives_browsers_json_and_a_mapper_another_status() {
    let envoy = start(careless());
    let response = accept(&envoy, "text/html");
    assert_eq!(response.status, 500);
    assert_eq!(response.json(), json!({"error": "an error"}));
    assert_own_errors_are_rewritten(&envoy);

    let [answer, counter] = see("reply-replaced", &envoy).try_into().unwrap();
    assert!(answer.contains("500 Internal Server Error"), "{answer}");
    assert!(counter.contains("blocked: 2\n"), "{counter}");
}

/// What a block behind `|` ends with.
#[test]
fn a_line_break_behind_the_body_makes_plain_text_of_the_page() {
    let format = |text: &str| {
        let envoy = start(json!({
            "local_reply_config": {"body_format": {"text_format_source": {"inline_string": text}}},
        }));
        accept(&envoy, "text/html")
            .header("content-type")
            .unwrap()
            .to_owned()
    };
    assert_eq!(format("%LOCAL_REPLY_BODY%\n"), "text/plain");
    assert_eq!(format("%LOCAL_REPLY_BODY%"), "text/html; charset=utf-8");
}

#[test]
fn the_mapper_of_the_document_spares_the_reply_and_nothing_else() {
    let untouched = Envoy::with(Options {
        connection_manager: json!({"preserve_external_request_id": true}),
        ..Options::new(json!({"mode": "on"}))
    });
    let envoy = start(careful());
    for kind in ["text/html", "application/json", "text/plain"] {
        let response = accept(&envoy, kind);
        let expected = accept(&untouched, kind);
        assert!(response.is_blocked(), "{response:?}");
        assert_eq!(response.status, 503);
        assert_eq!(response.text(), expected.text());
        for name in ["content-type", "retry-after", "vary", "cache-control"] {
            assert_eq!(
                response.header(name),
                expected.header(name),
                "{kind} {name}"
            );
        }
    }
    assert_own_errors_are_rewritten(&envoy);
}
