//! What must come before the filter, since it answers.

use std::fs;

use serde_json::{Value, json};
use support::{Envoy, Request, Response};

use crate::{
    chain::{filters, moved, with},
    document::{block, see},
};

/// Its key, and a token of somebody whose role is `staff`, good to the year 2100.
const KEY: &str = "YSBrZXkgdGhhdCBzaWducyB0aGUgdG9rZW5zIG9mIHRoZSB0ZXN0cw";
const STAFF: &str = "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pc3N1ZXIuZXhhbXBsZS5jb20iLCAiZXhwIjogNDEwMjQ0NDgwMCwgInJvbGUiOiAic3RhZmYifQ.PgC-sutTSANILVOxTva6bJ128H2e0vOg7JTK-Il04ZY";

/// `jwt_authn` and the filter, in the order of the document or in another.
fn start(is_moved: bool) -> Envoy {
    let directory = tempfile::tempdir().unwrap();
    let keys = directory.path().join("jwks.json");
    let key = json!({"keys": [{"kty": "oct", "alg": "HS256", "k": KEY}]});
    fs::write(&keys, key.to_string()).unwrap();

    let mut chain = block("order", "In the HTTP connection manager")["http_filters"].clone();
    let local = &mut chain[0]["typed_config"]["providers"]["issuer"]["local_jwks"];
    assert_eq!(*local, json!({"filename": "/etc/envoy/jwks.json"}));
    *local = json!({"filename": keys});
    if is_moved {
        chain = moved(&chain, 0);
    }
    let staff = block("order", "The plugin configuration");
    Envoy::with(filters(&chain, &with(json!({"mode": "on"}), &staff)))
}

fn with_token(envoy: &Envoy) -> Response {
    envoy.fetch(&Request::get("/").header("authorization", format!("Bearer {STAFF}")))
}

/// The names of the filters, in the order in which they are.
fn names(envoy: &Envoy) -> Vec<Value> {
    let [listed] = see("order", envoy).try_into().unwrap();
    let name = |line: &str| {
        let (_, name) = line.split_once("\"name\": ")?;
        serde_json::from_str(name.trim_end_matches(',')).ok()
    };
    listed.lines().filter_map(name).collect()
}

fn place(names: &[Value], name: &str) -> usize {
    names.iter().position(|other| other == name).unwrap()
}

#[test]
fn before_the_token_is_verified_nobody_has_a_role() {
    let envoy = start(true);
    assert!(with_token(&envoy).is_blocked());
    let names = names(&envoy);
    assert!(place(&names, "another") < place(&names, "envoy.filters.http.jwt_authn"));
}

#[test]
fn in_the_order_of_the_document_staff_pass_and_others_do_not() {
    let envoy = start(false);
    assert!(with_token(&envoy).is_upstream());
    assert!(envoy.get("/").is_blocked());
    let names = names(&envoy);
    assert!(place(&names, "another") > place(&names, "envoy.filters.http.jwt_authn"));
}
