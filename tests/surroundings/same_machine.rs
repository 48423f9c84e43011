//! An Envoy behind another on the same machine, and the client's address.

use serde_json::{Value, json};
use support::{Envoy, Options, Request, admin, pages::OPERATIONS, yaml};

use crate::{chain::with, document::block};

const HEADING: &str = "An Envoy behind another on one machine";
const CLIENT: &str = "203.0.113.1";
const OTHER: &str = "198.51.100.1";

/// Two Envoys, one behind the other. The one in front hands on who the client is.
struct Pair {
    front: Envoy,
    inner: Envoy,
}

impl Pair {
    fn start(connection_manager: Value, configuration: &Value) -> Self {
        let configuration = with(json!({"initial": "on", "admin": admin()}), configuration);
        let inner = Envoy::with(Options {
            connection_manager,
            ..Options::new(configuration)
        });
        let front = Envoy::with(Options {
            is_bare: true,
            upstream: Some(inner.address),
            connection_manager: json!({"use_remote_address": true, "skip_xff_append": true}),
            ..Options::new(json!({}))
        });
        Self { front, inner }
    }

    /// Whether somebody passes whom a proxy before both took for this client.
    fn passes(&self, client: &str) -> bool {
        let request = Request::get("/").header("x-forwarded-for", client);
        let response = self.front.fetch(&request);
        assert_ne!(response.is_blocked(), response.is_upstream());
        response.is_upstream()
    }
}

fn by_header() -> Value {
    block(HEADING, "The plugin configuration")
}

/// What the Envoy behind adds to the list: an address of this machine.
fn own_address() -> String {
    let pair = Pair::start(json!({"use_remote_address": true}), &json!({}));
    pair.inner.toggle(false);
    assert!(pair.passes(CLIENT));
    let head = pair.inner.upstream.last_head();
    let list = head
        .lines()
        .find_map(|line| line.strip_prefix("x-forwarded-for: "));
    let (_, last) = list.unwrap().rsplit_once(',').unwrap();
    last.to_owned()
}

#[test]
fn the_address_of_the_machine_is_taken_for_the_client() {
    assert_ne!(own_address(), "127.0.0.1");
    let pair = Pair::start(json!({"use_remote_address": true}), &by_header());
    assert!(!pair.passes(CLIENT));
}

#[test]
fn where_envoy_adds_nothing_the_client_passes_and_others_do_not() {
    let pair = Pair::start(
        block(HEADING, "In the HTTP connection manager"),
        &by_header(),
    );
    assert!(pair.passes(CLIENT));
    assert!(!pair.passes(OTHER));
}

#[test]
fn envoy_itself_may_take_the_client_from_the_header() {
    let pair = Pair::start(
        block(HEADING, "In the HTTP connection manager, by Envoy itself"),
        &json!({"allow": by_header()["allow"]}),
    );
    assert!(pair.passes(CLIENT));
    assert!(!pair.passes(OTHER));
}

#[test]
fn the_address_of_the_machine_may_be_trusted_too() {
    let place = "The plugin configuration, with the machine's own address";
    let mend = OPERATIONS
        .block_for(HEADING, place)
        .replace("10.0.0.7", &own_address());
    let pair = Pair::start(json!({"use_remote_address": true}), &yaml::parse(&mend));
    assert!(pair.passes(CLIENT));
    assert!(!pair.passes(OTHER));
}
