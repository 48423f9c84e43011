//! The contract, section 4: signed bypass tokens.

mod keys;
mod links;
mod minting;
mod revocation;
mod tokens;

use std::time::{SystemTime, UNIX_EPOCH};

use http::Request as Http2Request;
use maintenance_mode_core::{
    policy::{
        bypass::Bypass,
        environment::{Environment, any_attribute},
    },
    syntax::timestamp::Timestamp,
};
use serde_json::{Value, json};
use support::{ADMIN, Envoy, Request, Response, admin, fetch_http2};

/// No variables.
const NO_ENVIRONMENT: Environment<'_> = Environment {
    owner: "the VM",
    variable: &|_| None,
    check_attribute: any_attribute,
};
const KEY: &str = "a-key-of-the-tests-and-of-nobody-else";
const COOKIE: &str = "maintenance_bypass";
const HEADER: &str = "x-maintenance-bypass";

/// In maintenance from the start, with tokens of [`KEY`].
fn configuration() -> Value {
    json!({"initial": "on", "admin": admin(), "bypass": {"key": KEY}})
}

fn start() -> Envoy {
    Envoy::start(configuration())
}

/// What a call that mints answers.
fn mint(envoy: &Envoy, query: &str) -> Value {
    let response = envoy.admin("POST", &format!("bypass?{query}"));
    assert_eq!(response.status, 200, "{query}: {}", response.text());
    response.json()
}

fn token(envoy: &Envoy) -> String {
    text(&mint(envoy, "name=qa")["token"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A token of that key that no endpoint has minted.
fn minted_offline(key: &str, ttl_seconds: u64) -> String {
    let config = serde_json::from_value(json!({"key": key})).unwrap();
    let bypass = Bypass::compile(&config, NO_ENVIRONMENT).unwrap();
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = Timestamp::from_unix_millis(since_epoch.as_millis().try_into().unwrap());
    bypass.mint("qa", now, ttl_seconds, None).unwrap().token
}

fn with_header(token: impl AsRef<[u8]>) -> Request {
    Request::get("/").header(HEADER, token)
}

fn with_cookie(token: impl AsRef<[u8]>) -> Request {
    let cookie = [format!("{COOKIE}=").as_bytes(), token.as_ref()].concat();
    Request::get("/").header("cookie", cookie)
}

/// The link of a token; it has no `Authorization`.
fn link(token: &str) -> Request {
    Request::get(&format!("{ADMIN}/bypass?token={token}"))
}

/// Whether the response is the upstream's and not the local reply.
fn is_passed(response: &Response) -> bool {
    assert!(
        response.is_upstream() != response.is_blocked(),
        "{response:?}"
    );
    response.is_upstream()
}

fn passes(envoy: &Envoy, request: &Request) -> bool {
    is_passed(&envoy.fetch(request))
}

#[test]
fn cookie_and_header_let_pass_while_on_and_it_is_counted_and_logged() {
    let envoy = start();
    let token = token(&envoy);
    let among_others = format!("a=b; {COOKIE}={token}; c=d");
    let after_a_bad_one = format!("{COOKIE}=x; {COOKIE}={token}");
    let requests = [
        with_header(&token),
        with_cookie(&token),
        Request::new("POST", "/a?b")
            .header(HEADER, &token)
            .body("c"),
        Request::get("/").header("cookie", among_others),
        Request::get("/").header("cookie", after_a_bad_one),
        Request::get("/")
            .header("cookie", "a=b")
            .header("cookie", format!("{COOKIE}={token}")),
        with_header("junk").header("cookie", format!("{COOKIE}={token}")),
        with_cookie("junk").header(HEADER, &token),
    ];
    for request in &requests {
        assert!(passes(&envoy, request), "{request:?}");
    }
    let http2 = Http2Request::get("http://test.example/")
        .header(HEADER, &token)
        .body("")
        .unwrap();
    assert!(is_passed(&fetch_http2(envoy.address, http2)));
    let allowed = requests.len() + 1;
    assert_eq!(envoy.metric("allowed.bypass"), allowed as u64);
    assert_eq!(envoy.metric("blocked"), 0);
    let log = envoy.access_log(allowed + 1);
    let bypassed = log.iter().filter(|line| line.ends_with(" allowed:bypass"));
    assert_eq!(bypassed.count(), allowed, "{log:?}");

    assert!(!passes(&envoy, &Request::get("/")));
    envoy.toggle(false);
    assert!(passes(&envoy, &with_header(&token)));
    assert_eq!(envoy.metric("allowed.bypass"), allowed as u64);
}

#[test]
fn a_token_counts_only_where_it_belongs() {
    let envoy = start();
    let token = token(&envoy);
    for request in [
        Request::get(&format!("/?token={token}")),
        Request::get(&format!("/?{HEADER}={token}")),
        Request::get("/").header("authorization", format!("Bearer {token}")),
        Request::get("/").header("cookie", format!("{COOKIE}x={token}")),
        Request::get("/").header("cookie", format!("{HEADER}={token}")),
        Request::get("/").header(COOKIE, &token),
        Request::get("/").header("x-maintenance-bypass-token", &token),
        with_header(format!("Bearer {token}")),
        with_header(format!("{token},{token}")),
    ] {
        assert!(!passes(&envoy, &request), "{request:?}");
    }
    let bearer = Request::get(ADMIN).header("authorization", format!("Bearer {token}"));
    assert_eq!(envoy.fetch(&bearer).status, 401);
    assert!(passes(&envoy, &with_header(&token)));
}

#[test]
fn the_header_never_gets_to_the_upstream() {
    let mut configuration = configuration();
    configuration["allow"] = json!({"paths": ["/open"]});
    configuration["upstream_header"] = "x-maintenance".into();
    let envoy = Envoy::start(configuration);
    let token = token(&envoy);
    let head = |request: &Request| {
        assert!(passes(&envoy, request), "{request:?}");
        let head = envoy.upstream.last_head().to_lowercase();
        assert!(!head.contains(HEADER), "{request:?} arrived as {head}");
        head
    };
    let good = head(&with_header(&token).header("x-other", "kept"));
    assert!(good.contains("\r\nx-other: kept\r\n"), "{good}");
    assert!(
        good.contains("\r\nx-maintenance: on; allowed=bypass\r\n"),
        "{good}"
    );
    let open = Request::get("/open");
    head(&open.clone().header(HEADER, "forged"));
    envoy.toggle(false);
    for header in [token.as_str(), "forged", "", "\u{e9}"] {
        head(&with_header(header));
        head(&with_header(header).header("X-Maintenance-Bypass", &token));
    }
}

#[test]
fn without_bypass_the_header_does_not_get_to_the_upstream_either() {
    let allow = json!({"paths": ["/open"]});
    for configuration in [
        json!({}),
        json!({"mode": "off", "allow": allow}),
        json!({"mode": "on", "allow": allow}),
        json!({"mode": "on", "observe": true}),
        json!({"admin": admin()}),
    ] {
        let envoy = Envoy::start(configuration.clone());
        let open = Request::get("/open").header("cookie", format!("{COOKIE}=x"));
        let request = open.header(HEADER, "a").header("X-Maintenance-Bypass", "b");
        assert!(envoy.fetch(&request).is_upstream(), "{configuration}");
        let head = envoy.upstream.last_head().to_lowercase();
        assert!(!head.contains(HEADER), "{configuration}: {head}");
        assert!(
            head.contains(&format!("\r\ncookie: {COOKIE}=x\r\n")),
            "{head}"
        );
    }
}

#[test]
fn the_cookie_never_gets_to_the_upstream_and_all_others_do() {
    let mut with_endpoint = configuration();
    with_endpoint["allow"] = json!({"paths": ["/open"]});
    let bypass = &with_endpoint["bypass"];
    for configuration in [
        with_endpoint.clone(),
        json!({"mode": "off", "bypass": bypass}),
        json!({"mode": "on", "observe": true, "bypass": bypass}),
    ] {
        let envoy = Envoy::start(configuration.clone());
        for flag in [true, false] {
            if configuration["admin"].is_object() {
                envoy.toggle(flag);
            }
            for (lines, left) in [
                (&[&b"maintenance_bypass=x"[..]][..], &[][..]),
                (&[b"maintenance_bypass=x; a=1"], &[&b"a=1"[..]]),
                (
                    &[b"a=\"1\";maintenance_bypass=x;  b=\xe9"],
                    &[b"a=\"1\";  b=\xe9"],
                ),
                (
                    &[
                        b"a=1",
                        b"maintenance_bypass=x",
                        b"b=2; maintenance_bypass=y",
                    ],
                    &[b"a=1; b=2"],
                ),
                (&[b"maintenance_bypass=x", b"maintenance_bypass=y"], &[]),
                (
                    &[b"a=1;xmaintenance_bypass=2"],
                    &[b"a=1;xmaintenance_bypass=2"],
                ),
                (&[b"a=1", b"b=2"], &[b"a=1", b"b=2"]),
            ] {
                let add = |request: Request, line: &&[u8]| request.header("cookie", line);
                let request = lines.iter().fold(Request::get("/open"), add);
                assert!(passes(&envoy, &request), "{configuration} {request:?}");
                let head = envoy.upstream.last_head();
                let cookies = head
                    .lines()
                    .filter_map(|line| line.strip_prefix("cookie: "));
                let cookies: Vec<&str> = cookies.collect();
                let left = left.iter().map(|line| String::from_utf8_lossy(line));
                let left: Vec<_> = left.collect();
                let joined = left.join("; ");
                let is_kept = cookies == left || cookies == [joined.as_str()];
                assert!(is_kept, "{configuration} {lines:?} arrived as {head}");
            }
        }
    }
    let http2 = |envoy: &Envoy| {
        let request = Http2Request::get("http://test.example/")
            .header("cookie", "a=1")
            .header("cookie", "maintenance_bypass=x")
            .header("cookie", "b=2");
        assert!(is_passed(&fetch_http2(
            envoy.address,
            request.body("").unwrap()
        )));
        envoy.upstream.last_head()
    };
    let head = http2(&Envoy::start(json!({"bypass": bypass})));
    assert!(head.contains("\r\ncookie: a=1; b=2\r\n"), "{head}");
}

#[test]
fn a_token_beats_an_on_rule_but_never_a_block_rule() {
    let mut configuration = configuration();
    let rule = |name: &str| json!({"name": name, "action": name, "match": {"paths": [format!("/{name}")]}});
    configuration["rules"] = json!([rule("block"), rule("on"), rule("follow")]);
    let envoy = Envoy::start(configuration);
    let token = token(&envoy);
    for on in [true, false] {
        envoy.toggle(on);
        for (path, passed) in [("/block", false), ("/on", true), ("/follow", true)] {
            let header = Request::get(path).header(HEADER, &token);
            assert_eq!(passes(&envoy, &header), passed, "{path} {on}");
            let cookie = Request::get(path).header("cookie", format!("{COOKIE}={token}"));
            assert_eq!(passes(&envoy, &cookie), passed, "{path} {on}");
            let without = passes(&envoy, &Request::get(path));
            assert_eq!(without, path == "/follow" && !on, "{path} {on}");
        }
    }
}

#[test]
fn observed_requests_with_a_token_count_as_allowed() {
    let mut configuration = configuration();
    configuration["observe"] = true.into();
    let envoy = Envoy::start(configuration);
    assert!(passes(&envoy, &with_header(token(&envoy))));
    assert!(passes(&envoy, &with_header("junk")));
    assert_eq!(envoy.metric("allowed.bypass"), 1);
    assert_eq!(envoy.metric("observed"), 1);
}
