//! Envoy's `custom_response`, which writes error pages.

use serde_json::{Value, json};
use support::{Envoy, Options, Request, Response};

use crate::{
    chain::{filters, moved},
    document::{block, see},
};

/// What the upstream answers of itself there.
fn ill() -> Value {
    json!({"match": {"path": "/ill"}, "direct_response": {"status": 503, "body": {"inline_string": "ill"}}})
}

fn start(chain: &Value) -> Envoy {
    let configuration = json!({"mode": "on", "allow": {"paths": ["/ill"]}});
    Envoy::with(Options {
        routes: vec![ill()],
        ..filters(chain, &configuration)
    })
}

fn browse(envoy: &Envoy, path: &str) -> Response {
    envoy.fetch(&Request::get(path).header("accept", "text/html"))
}

const SORRY: &str = "Sorry, something went wrong.";

/// Without the part that spares our reply: what people have before.
fn careless(mut chain: Value) -> Value {
    for filter in chain.as_array_mut().unwrap() {
        let matchers = &mut filter["typed_config"]["custom_response_matcher"];
        if !matchers.is_null() {
            let predicate = &mut matchers["matcher_list"]["matchers"][0]["predicate"];
            let status = predicate["and_matcher"]["predicate"][0].take();
            *predicate = status;
        }
    }
    chain
}

fn chains() -> [Value; 2] {
    let mend = block(
        "reply-replaced",
        "In the HTTP connection manager, custom_response",
    );
    let first = mend["http_filters"].clone();
    let last = moved(&first, 1);
    assert_ne!(first, last);
    [first, last]
}

#[test]
fn a_matcher_of_5xx_replaces_the_reply_wherever_it_stands() {
    for chain in chains() {
        let envoy = start(&careless(chain));
        let response = browse(&envoy, "/");
        assert_eq!((response.status, response.text().as_str()), (503, SORRY));
        assert!(!response.is_blocked());
        assert_eq!(response.header("retry-after"), None);
        let [line] = envoy.access_log(1).try_into().unwrap();
        assert!(!line.contains(" maintenance_mode "), "{line}");

        let [answer, counter] = see("reply-replaced", &envoy).try_into().unwrap();
        assert!(answer.contains(SORRY), "{answer}");
        assert!(!answer.contains("x-maintenance-mode"), "{answer}");
        assert!(counter.contains("blocked: 2\n"), "{counter}");
    }
}

#[test]
fn the_matcher_of_the_document_spares_the_reply_and_nothing_else() {
    for chain in chains() {
        let envoy = start(&chain);
        let response = browse(&envoy, "/");
        assert!(response.is_blocked(), "{response:?}");
        assert_eq!(
            response.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(response.header("retry-after"), Some("3600"));
        assert_eq!(browse(&envoy, "/ill").text(), SORRY);
        let [line, _] = envoy.access_log(2).try_into().unwrap();
        assert!(line.contains(" maintenance_mode "), "{line}");
    }
}
