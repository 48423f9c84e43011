//! An Envoy that has no filter.

use serde_json::{Value, json};
use support::{Envoy, Options, TOKEN};

use crate::document::{block, see};

fn start(filters: Vec<Value>) -> Envoy {
    Envoy::with(Options {
        is_bare: true,
        is_alone: true,
        filters_before: filters,
        environment: vec![("MAINTENANCE_TOKEN".to_owned(), TOKEN.to_owned())],
        ..Options::new(json!({}))
    })
}

#[test]
fn without_the_filter_nothing_is_counted() {
    assert_eq!(see("no-filter", &start(vec![])), [""]);
}

#[test]
fn with_the_filters_of_the_document_it_is_switched() {
    let mend = block("no-filter", "In the HTTP connection manager");
    let mut filters = mend["http_filters"].as_array().unwrap().clone();
    // The last one is there already.
    assert_eq!(filters.pop().unwrap()["name"], "envoy.filters.http.router");
    let envoy = start(filters);
    envoy.toggle(true);
    assert!(envoy.get("/").is_blocked());
    assert!(envoy.get("/healthz").is_upstream());
    let [stats] = see("no-filter", &envoy).try_into().unwrap();
    assert!(stats.contains("default.blocked: 1\n"), "{stats}");
}
