//! `client_address` of the contract: whom the filter takes for the client.

use serde_json::{Value, json};
use support::{ADMIN, Connection, Envoy, Options, Request, admin, admin_request};

const PROXY: &str = "127.0.0.1";
const STRANGER: &str = "127.0.0.2";

/// The addresses that [`Clients`] can tell from each other.
const ADDRESSES: [&str; 10] = [
    PROXY,
    STRANGER,
    "192.0.2.1",
    "192.0.2.2",
    "10.0.0.1",
    "10.0.0.2",
    "2001:db8::1",
    "2001:db8::2",
    "fd00::1",
    "fd00::2",
];

const FIRST_STATUS: u16 = 510;

/// An Envoy that answers each client with a status of its own.
struct Clients(Envoy);

impl Clients {
    fn start(header: Option<&str>, connection_manager: Value) -> Self {
        let rules: Vec<Value> = (FIRST_STATUS..)
            .zip(ADDRESSES)
            .map(|(status, address)| {
                json!({
                    "name": address,
                    "match": {"client_ips": [address]},
                    "response": {"status": status},
                })
            })
            .collect();
        let mut configuration = json!({"mode": "on", "rules": rules});
        if let Some(header) = header {
            configuration["client_address"] = client_address(header);
        }
        Self(Envoy::with(Options {
            connection_manager,
            ..Options::new(configuration)
        }))
    }

    /// Who the filter says sent the request.
    fn client(&self, peer: &str, headers: &[(&str, &str)]) -> &'static str {
        let add = |request: Request, (name, value): &(&str, &str)| request.header(name, value);
        let request = headers.iter().fold(Request::get("/"), add);
        let response = Connection::from(peer, self.0.address).fetch(&request);
        assert!(response.is_blocked(), "{headers:?} gave {response:?}");
        let index = response.status.checked_sub(FIRST_STATUS);
        let address = index.and_then(|index| ADDRESSES.get(usize::from(index)));
        address.unwrap_or_else(|| panic!("{headers:?} gave {response:?}"))
    }

    fn check(&self, peer: &str, name: &str, cases: &[(&[&str], &str)]) {
        for (lines, expected) in cases {
            let headers: Vec<(&str, &str)> = lines.iter().map(|line| (name, *line)).collect();
            assert_eq!(
                self.client(peer, &headers),
                *expected,
                "{lines:?} by {peer}"
            );
        }
    }
}

/// To the list of a peer on this machine Envoy would append the address of the machine.
fn as_sent() -> Value {
    json!({"use_remote_address": true, "skip_xff_append": true})
}

fn client_address(header: &str) -> Value {
    json!({"header": header, "trusted_proxies": [PROXY, "10.0.0.0/8", "fd00::/8"]})
}

#[test]
fn x_forwarded_for_is_walked_from_the_right_past_trusted_proxies() {
    let clients = Clients::start(Some("X-Forwarded-For"), as_sent());
    clients.check(
        PROXY,
        "x-forwarded-for",
        &[
            (&[], PROXY),
            (&["192.0.2.1"], "192.0.2.1"),
            // As the peer stands in the list once Envoy has appended it.
            (&["192.0.2.1, 127.0.0.1"], "192.0.2.1"),
            (&["junk, 127.0.0.1"], PROXY),
            (&["127.0.0.1"], PROXY),
            (&["192.0.2.2, 192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.2, 192.0.2.1, 10.0.0.1, 10.0.0.2"], "192.0.2.1"),
            (&["192.0.2.1,10.0.0.1"], "192.0.2.1"),
            (&["192.0.2.1, fd00::1"], "192.0.2.1"),
            (&["10.0.0.1, 192.0.2.1"], "192.0.2.1"),
            // Junk to the left of the client is never reached.
            (&["junk, 192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.1, junk"], PROXY),
            (&["192.0.2.1, junk, 10.0.0.1"], PROXY),
            (&["192.0.2.1,"], PROXY),
            (&["192.0.2.1,,10.0.0.1"], PROXY),
            (&["unknown"], PROXY),
            (&["192.0.2.1.5"], PROXY),
            (&["192.0.2.1/32"], PROXY),
            (&["192.0.2.1:port"], PROXY),
            (&["192.0.2.1:5555"], "192.0.2.1"),
            (&["192.0.2.1:5555, 10.0.0.1:80"], "192.0.2.1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["2001:DB8:0::0001"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["[2001:db8::1]:443"], "2001:db8::1"),
            (&["2001:db8::1, [fd00::1]:443"], "2001:db8::1"),
            (&[" 192.0.2.1 ,\t10.0.0.1 "], "192.0.2.1"),
            (&["::ffff:192.0.2.1"], "192.0.2.1"),
            (&["2001:db8::1%eth0"], "2001:db8::1"),
            (&["[2001:db8::1%25eth0]:443, fd00::1%2"], "2001:db8::1"),
            (&["192.0.2.1%eth0"], PROXY),
            (&["192.0.2.1, ::ffff:10.0.0.1"], "192.0.2.1"),
            (&["[::ffff:192.0.2.1]:1, [::ffff:10.0.0.1]:2"], "192.0.2.1"),
            (&["192.0.2.1", "10.0.0.1"], "192.0.2.1"),
            (&["192.0.2.2", "192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.2, 192.0.2.1", "10.0.0.1, 10.0.0.2"], "192.0.2.1"),
            (&["192.0.2.1", "junk"], PROXY),
            (&["10.0.0.2"], "10.0.0.2"),
            (&["10.0.0.2, 10.0.0.1"], "10.0.0.2"),
            (&["fd00::2, 10.0.0.2, fd00::1"], "fd00::2"),
            (&["10.0.0.2", "10.0.0.1"], "10.0.0.2"),
        ],
    );
}

#[test]
fn a_peer_that_is_no_trusted_proxy_is_not_believed() {
    for name in ["x-forwarded-for", "cf-connecting-ip"] {
        let clients = Clients::start(Some(name), as_sent());
        let claims: [(&[&str], &str); 4] = [
            (&["192.0.2.1"], STRANGER),
            (&["127.0.0.1"], STRANGER),
            (&["192.0.2.1, 10.0.0.1"], STRANGER),
            (&[], STRANGER),
        ];
        clients.check(STRANGER, name, &claims);
        clients.check(PROXY, name, &[(&["192.0.2.1"], "192.0.2.1")]);
    }
}

#[test]
fn without_client_address_no_header_is_read() {
    let clients = Clients::start(None, as_sent());
    for name in ["x-forwarded-for", "cf-connecting-ip", "x-real-ip"] {
        for peer in [PROXY, STRANGER] {
            clients.check(peer, name, &[(&["192.0.2.1"], peer)]);
        }
    }
}

/// Nobody is let through for an address that takes too long to find.
#[test]
fn an_address_that_is_too_far_to_the_left_is_none() {
    let mut configuration = json!({"mode": "on", "allow": {"client_ips": ["0.0.0.0/0", "::/0"]}});
    configuration["client_address"] = client_address("x-forwarded-for");
    let envoy = Envoy::with(Options {
        connection_manager: as_sent(),
        ..Options::new(configuration)
    });
    for (proxies, passes) in [(900, true), (1000, false), (5000, false)] {
        let list = format!("192.0.2.1{}", ",10.0.0.1".repeat(proxies));
        let response = envoy.fetch(&Request::get("/").header("x-forwarded-for", &list));
        assert_eq!(response.is_upstream(), passes, "{proxies}");
        let list = format!("{list},192.0.2.2");
        let response = envoy.fetch(&Request::get("/").header("x-forwarded-for", list));
        assert!(response.is_upstream(), "{proxies}");
    }
}

#[test]
fn another_header_is_one_address_or_nothing() {
    let clients = Clients::start(Some("CF-Connecting-IP"), as_sent());
    clients.check(
        PROXY,
        "cf-connecting-ip",
        &[
            (&[], PROXY),
            (&["192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.1:5555"], "192.0.2.1"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["[2001:db8::1]:443"], "2001:db8::1"),
            (&["::ffff:192.0.2.1"], "192.0.2.1"),
            (&["2001:db8::1%eth0"], "2001:db8::1"),
            (&["[2001:db8::1%25eth0]:443"], "2001:db8::1"),
            (&["192.0.2.1%eth0"], PROXY),
            (&["10.0.0.2"], "10.0.0.2"),
            (&["192.0.2.1, 192.0.2.2"], PROXY),
            (&["192.0.2.1,192.0.2.1"], PROXY),
            (&["192.0.2.1", "192.0.2.2"], PROXY),
            (&["192.0.2.1", "192.0.2.1"], PROXY),
            (&["192.0.2.1, 10.0.0.1"], PROXY),
            (&["junk"], PROXY),
            (&[""], PROXY),
        ],
    );
    let both = [
        ("cf-connecting-ip", "192.0.2.1"),
        ("x-forwarded-for", "192.0.2.2"),
    ];
    assert_eq!(clients.client(PROXY, &both), "192.0.2.1");
    assert_eq!(clients.client(PROXY, &both[1..]), PROXY);
}

/// The address that Envoy takes from a header comes with port 0.
#[test]
fn where_envoy_took_the_address_from_a_header_the_configured_one_is_not_read() {
    let by_envoy = json!({"use_remote_address": false});
    let clients = Clients::start(Some("x-forwarded-for"), by_envoy.clone());
    clients.check(
        PROXY,
        "x-forwarded-for",
        &[
            (&["192.0.2.1"], "192.0.2.1"),
            (&["192.0.2.1, 10.0.0.1"], "10.0.0.1"),
            (&["192.0.2.1, 127.0.0.1"], PROXY),
            (&["192.0.2.1", "fd00::1"], "fd00::1"),
        ],
    );
    let clients = Clients::start(Some("cf-connecting-ip"), by_envoy);
    let with = |forwarded_for: &[&'static str]| {
        let mut headers = vec![("cf-connecting-ip", "192.0.2.1")];
        headers.extend(forwarded_for.iter().map(|list| ("x-forwarded-for", *list)));
        headers
    };
    for (forwarded_for, expected) in [
        (&["10.0.0.1"][..], "10.0.0.1"),
        (&["127.0.0.1"], PROXY),
        (&["192.0.2.2"], "192.0.2.2"),
        // Nothing for Envoy to take: the peer is the proxy, with its port.
        (&[], "192.0.2.1"),
    ] {
        let client = clients.client(PROXY, &with(forwarded_for));
        assert_eq!(client, expected, "{forwarded_for:?}");
    }
}

#[test]
fn allow_and_the_admin_endpoint_see_the_same_client() {
    let mut admin = admin();
    admin["client_ips"] = json!(["192.0.2.1", "2001:db8::/64"]);
    let envoy = Envoy::with(Options {
        connection_manager: as_sent(),
        ..Options::new(json!({
            "initial": "on",
            "client_address": client_address("x-forwarded-for"),
            "allow": {"client_ips": ["192.0.2.0/24"]},
            "admin": admin,
        }))
    });
    for (peer, list, allowed, granted) in [
        (PROXY, "192.0.2.1", true, true),
        (PROXY, "198.51.100.1, 192.0.2.1, 10.0.0.1", true, true),
        (PROXY, "192.0.2.2", true, false),
        (PROXY, "2001:db8::1", false, true),
        (PROXY, "192.0.2.1, 198.51.100.1", false, false),
        (PROXY, "192.0.2.1, junk", false, false),
        (STRANGER, "192.0.2.1", false, false),
    ] {
        let mut connection = Connection::from(peer, envoy.address);
        let mut fetch =
            |request: Request| connection.fetch(&request.header("x-forwarded-for", list));
        let response = fetch(Request::get("/"));
        assert_eq!(response.is_upstream(), allowed, "{peer} {list}");
        assert_eq!(response.is_blocked(), !allowed, "{peer} {list}");
        let status = fetch(admin_request("GET", "")).status;
        assert_eq!(status, if granted { 200 } else { 403 }, "{peer} {list}");
        assert_eq!(fetch(Request::get(ADMIN)).status, 401, "{peer} {list}");
    }
    assert_eq!(envoy.metric("allowed.client_ip"), 3);
    assert_eq!(envoy.metric("admin_granted"), 3);
}
