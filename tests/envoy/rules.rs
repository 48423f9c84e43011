//! `rules` of the contract: what each action does, which rule counts, and what its requests get.

mod paths;
mod recipes;
mod responses;
mod route_metadata;

use serde_json::{Value, json};
use support::{Connection, Envoy, Request, admin};

/// A rule without a name of its own.
fn rule(name: &str, action: &str, matches: Value) -> Value {
    json!({"name": name, "action": action, "match": matches})
}

/// Whether the upstream or the filter answers; nobody else may.
fn passes(envoy: &Envoy, request: &Request) -> bool {
    passes_on(&mut Connection::open(envoy.address), request)
}

fn passes_on(connection: &mut Connection, request: &Request) -> bool {
    let response = connection.fetch(request);
    assert!(
        response.is_upstream() || (response.is_blocked() && response.status == 503),
        "{request:?} gave {response:?}"
    );
    response.is_upstream()
}

fn staff(path: &str) -> Request {
    Request::get(path).header("x-staff", "yes")
}

fn staff_only() -> Value {
    json!({"headers": [{"name": "x-staff", "exact": "yes"}]})
}

/// What passes on a path: anybody and staff while off, anybody and staff while on.
type Effect = (&'static str, [bool; 4]);

const FOLLOW: [bool; 4] = [true, true, false, true];

fn check_effects(envoy: &Envoy, effects: &[Effect]) {
    for (on, flag) in [(false, "off"), (true, "on"), (false, "off again")] {
        envoy.toggle(on);
        for (path, expected) in effects {
            let [anybody, staff_too] = if on {
                [expected[2], expected[3]]
            } else {
                [expected[0], expected[1]]
            };
            assert_eq!(passes(envoy, &Request::get(path)), anybody, "{path} {flag}");
            assert_eq!(
                passes(envoy, &staff(path)),
                staff_too,
                "staff {path} {flag}"
            );
        }
    }
}

#[test]
fn each_action_has_its_effect_with_the_flag_on_and_off() {
    let envoy = Envoy::start(json!({
        "allow": staff_only(),
        "rules": [
            rule("a", "allow", json!({"paths": ["/allow"]})),
            rule("b", "block", json!({"paths": ["/block"]})),
            rule("c", "on", json!({"paths": ["/on"]})),
            rule("d", "follow", json!({"paths": ["/follow"]})),
            {"name": "e", "match": {"paths": ["/default"]}},
        ],
        "admin": admin(),
    }));
    check_effects(
        &envoy,
        &[
            ("/allow", [true; 4]),
            ("/block", [false; 4]),
            ("/on", [false, true, false, true]),
            ("/follow", FOLLOW),
            ("/default", FOLLOW),
            ("/no-rule", FOLLOW),
        ],
    );
    // Off twice: `/block` blocks both requests and `/on` one. On: all but `/allow` block.
    for (metric, count) in [
        ("allowed.rule", 2),
        ("allowed.header", 2 + 4),
        ("blocked", 2 * 3 + 6),
        ("errors", 0),
    ] {
        assert_eq!(envoy.metric(metric), count, "{metric}");
    }
    let log = envoy.access_log(3 * 13);
    let states = |path: &str| -> Vec<&str> {
        let of_path = log.iter().filter(|line| line.starts_with(path));
        of_path.filter_map(|line| line.rsplit(' ').next()).collect()
    };
    let rule = "allowed:rule";
    assert_eq!(states("/allow "), ["-", "-", rule, rule, "-", "-"]);
    assert_eq!(states("/block "), ["blocked"; 6]);
    assert_eq!(states("/on "), ["blocked", "allowed:header"].repeat(3));
}

#[test]
fn a_fixed_flag_leaves_the_rules_in_force() {
    for mode in ["on", "off"] {
        let envoy = Envoy::start(json!({"mode": mode, "rules": [
            rule("a", "allow", json!({"paths": ["/allow"]})),
            rule("b", "block", json!({"paths": ["/block"]})),
            rule("c", "on", json!({"paths": ["/on"]})),
        ]}));
        for (path, expected) in [
            ("/allow", true),
            ("/block", false),
            ("/on", false),
            ("/", mode == "off"),
        ] {
            assert_eq!(
                passes(&envoy, &Request::get(path)),
                expected,
                "{mode} {path}"
            );
        }
    }
}

#[test]
fn the_first_rule_that_matches_wins() {
    let envoy = Envoy::start(json!({"admin": admin(), "rules": [
        rule("1", "allow", json!({"paths": ["/a/open"]})),
        rule("2", "block", json!({"paths": ["/a/*"]})),
        rule("3", "block", json!({"paths": ["/b/*"]})),
        rule("4", "allow", json!({"paths": ["/b/open"]})),
        rule("5", "follow", json!({"paths": ["/c/follows"]})),
        rule("6", "block", json!({"paths": ["/c/*"]})),
        rule("7", "follow", json!({"paths": ["/d/*"]})),
        rule("8", "allow", json!({"methods": ["GET"]})),
    ]}));
    for on in [false, true] {
        envoy.toggle(on);
        for (path, expected) in [
            ("/a/open", true),
            ("/a/other", false),
            ("/b/open", false),
            ("/c/follows", !on),
            ("/c/other", false),
            ("/d/other", !on),
            ("/", true),
        ] {
            assert_eq!(passes(&envoy, &Request::get(path)), expected, "{path} {on}");
        }
    }
}

#[test]
fn every_kind_named_in_a_match_must_match_by_any_of_its_entries() {
    let envoy = Envoy::start(json!({"rules": [rule("all", "block", json!({
        "client_ips": ["10.0.0.1", "127.0.0.1"],
        "paths": ["/other", "/a/*"],
        "hosts": ["other.example", "shop.example"],
        "methods": ["POST", "PUT"],
        "headers": [{"name": "x-a", "exact": "1"}, {"name": "x-b", "exact": "1"}],
        "cookies": [{"name": "a", "exact": "1"}, {"name": "b", "exact": "1"}],
        "attributes": [
            {"path": ["request", "useragent"], "exact": "other"},
            {"path": ["request", "referer"], "exact": "http://a.example/"},
        ],
    }))]}));
    let matching = (
        "127.0.0.1",
        "PUT",
        "/a/b",
        [
            ("host", "shop.example"),
            ("x-b", "1"),
            ("cookie", "b=1"),
            ("referer", "http://a.example/"),
        ],
    );
    let mut cases = vec![(matching, false)];
    let mut miss = |change: &dyn Fn(&mut (_, _, _, [(_, _); 4]))| {
        let mut request = matching;
        change(&mut request);
        cases.push((request, true));
    };
    miss(&|request| request.0 = "127.0.0.2");
    miss(&|request| request.1 = "GET");
    miss(&|request| request.2 = "/b");
    for header in 0..4 {
        miss(&|request| request.3[header].1 = "none");
    }
    let mut other_entries = matching;
    other_entries.1 = "POST";
    other_entries.2 = "/other";
    other_entries.3 = [
        ("host", "other.example"),
        ("x-a", "1"),
        ("cookie", "a=1"),
        ("user-agent", "other"),
    ];
    cases.push((other_entries, false));
    for ((client, method, path, headers), expected) in cases {
        let add = |request: Request, (name, value): (&str, &str)| request.header(name, value);
        let request = headers.into_iter().fold(Request::new(method, path), add);
        let mut connection = Connection::from(client, envoy.address);
        assert_eq!(
            passes_on(&mut connection, &request),
            expected,
            "{client} {request:?}"
        );
    }
}

#[test]
fn block_beats_every_entry_of_allow_and_the_bypass_token_but_on_does_not() {
    let envoy = Envoy::start(json!({
        "allow": {
            "client_ips": ["127.0.0.2"],
            "paths": [{"suffix": "/open"}],
            "hosts": ["open.example"],
            "methods": ["PATCH"],
            "headers": [{"name": "x-open", "present": true}],
            "cookies": [{"name": "open", "exact": "yes"}],
            "attributes": [{"path": ["request", "referer"], "exact": "http://open.example/"}],
        },
        "rules": [
            rule("b", "block", json!({"paths": ["/block/*"]})),
            rule("o", "on", json!({"paths": ["/on/*"]})),
        ],
        "bypass": {"key": "a key of thirty-two bytes or more"},
        "admin": admin(),
    }));
    let minted = envoy.admin("POST", "bypass?name=qa");
    assert_eq!(minted.status, 200, "{}", minted.text());
    let minted = minted.json();
    let token = minted["token"].as_str().unwrap();
    let cookie = format!("maintenance_bypass={token}");
    let (us, get) = ("127.0.0.1", "GET");
    let exempt = [
        ("127.0.0.2", get, "a", ("x-none", "")),
        (us, get, "open", ("x-none", "")),
        (us, get, "a", ("host", "open.example")),
        (us, "PATCH", "a", ("x-none", "")),
        (us, get, "a", ("x-open", "")),
        (us, get, "a", ("cookie", "open=yes")),
        (us, get, "a", ("referer", "http://open.example/")),
        (us, get, "a", ("x-maintenance-bypass", token)),
        (us, get, "a", ("cookie", &cookie)),
    ];
    for on in [false, true] {
        envoy.toggle(on);
        for (prefix, exempt_pass) in [("/block", false), ("/on", true), ("/free", true)] {
            for (client, method, name, (header, value)) in exempt {
                let request = Request::new(method, &format!("{prefix}/{name}"));
                let request = request.header(header, value);
                let mut connection = Connection::from(client, envoy.address);
                assert_eq!(
                    passes_on(&mut connection, &request),
                    exempt_pass,
                    "{client} {request:?} {on}"
                );
            }
            let nobody = Request::get(&format!("{prefix}/a"));
            assert_eq!(
                passes(&envoy, &nobody),
                prefix == "/free" && !on,
                "{prefix}"
            );
        }
    }
}
