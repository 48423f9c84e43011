//! Paths that servers read differently: in doubt, blocked.

use serde_json::json;
use support::{Connection, Envoy, Request, admin};

use super::rule;

/// Ways to write the path `/{first}{rest}/a`.
fn spellings(name: &str) -> Vec<String> {
    let (first, rest) = name.split_at(1);
    let code = format!("{:02x}", first.as_bytes()[0]);
    vec![
        format!("//{name}/a"),
        format!("/{name}//a"),
        format!("/./{name}/a"),
        format!("/{name}/./a"),
        format!("/x/../{name}/a"),
        format!("/../{name}/a"),
        format!("/{name}/x/../a"),
        format!("/%2e/{name}/a"),
        format!("/x/%2e%2E/{name}/a"),
        format!("/x/.%2e/{name}/a"),
        format!("/{name}%2fa"),
        format!("/{name}%2Fa"),
        format!("/%2f{name}/a"),
        format!("/{name}\\a"),
        format!("/{name}%5ca"),
        format!("/x\\..\\{name}/a"),
        format!("/{name};v=1/a"),
        format!("/{name};/a"),
        format!("/x/..;/{name}/a"),
        format!("/{name}%3bv/a"),
        format!("/%{code}{rest}/a"),
        format!("/%25{code}{rest}/a"),
        format!("/%2525{code}{rest}/a"),
        format!("/{name}%252fa"),
        format!("/x/%252e%252e/{name}/a"),
        format!("/{name}/../{name}/a?query"),
    ]
}

#[test]
fn block_and_on_match_every_spelling_of_a_path_and_allow_and_follow_none() {
    let envoy = Envoy::start(json!({
        "rules": [
            rule("b", "block", json!({"paths": ["/block/*"]})),
            rule("o", "on", json!({"paths": ["/on/a"]})),
            rule("a", "allow", json!({"paths": ["/allow/*"]})),
            {"name": "f", "match": {"paths": ["/follow/*"]}, "response": {"status": 599}},
        ],
        "admin": admin(),
    }));
    let mut connection = Connection::open(envoy.address);
    let mut status = |path: &str| connection.fetch(&Request::get(path)).status;
    for on in [false, true] {
        envoy.toggle(on);
        let off = if on { 503 } else { 200 };
        for (name, plain, otherwise) in [
            ("block", 503, 503),
            ("on", 503, 503),
            ("allow", 200, off),
            ("follow", if on { 599 } else { 200 }, off),
        ] {
            assert_eq!(status(&format!("/{name}/a")), plain, "{name} {on}");
            for path in spellings(name) {
                assert_eq!(status(&path), otherwise, "{path} {on}");
            }
        }
        for other in ["/%62locks/a", "//x/a", "/x/../a", "/onn/a", "/on/../a"] {
            assert_eq!(status(other), off, "{other} {on}");
        }
    }
}

#[test]
fn a_path_as_it_was_sent_counts_for_block_and_on_too() {
    let paths = |prefix: &str| {
        json!({"paths": [
            {"regex": format!(".*/{prefix};a")},
            {"regex": format!(".*/{prefix}/%2e%2e/.*")},
            {"regex": format!(".*//{prefix}")},
        ]})
    };
    let envoy = Envoy::start(json!({
        "rules": [
            rule("b", "block", paths("b")),
            rule("o", "on", paths("o")),
            rule("a", "allow", paths("a")),
        ],
        "admin": admin(),
    }));
    for on in [false, true] {
        envoy.toggle(on);
        for (prefix, blocked) in [("b", true), ("o", true), ("a", on)] {
            for path in [
                format!("/{prefix};a"),
                format!("/{prefix}/%2e%2e/x"),
                format!("/x//{prefix}"),
            ] {
                assert_eq!(envoy.get(&path).is_blocked(), blocked, "{path} {on}");
            }
        }
    }
}
