use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::reply::local_reply::MAX_REPEATED_BYTES;

const BYPASS: &str = r#","bypass":{"key":"0123456789abcdef0123456789abcdef"}"#;

fn filter() -> Filter {
    Filter::new("", BYPASS)
}

fn mint(filter: &Filter) -> String {
    let answer = filter.call("POST /bypass?name=qa");
    assert_eq!(answer.reply.status, 200, "{}", answer.reply.body);
    answer.json()["token"].as_str().unwrap().to_owned()
}

/// Follows a link without any credentials but its own.
fn follow(filter: &Filter, query: &str) -> Answer {
    let path = format!("/m/bypass?{query}");
    let lines: [(&str, &[u8]); 2] = [(":method", b"GET"), (":path", path.as_bytes())];
    filter.send("192.0.2.9", &lines)
}

fn holds(filter: &Filter, token: &str) -> bool {
    let answer = follow(filter, &format!("token={token}"));
    assert_eq!(answer.reply.status, 303);
    answer.header("set-cookie").is_some()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

#[test]
fn minting_answers_the_token_its_end_and_a_link() {
    let filter = filter();
    for (query, expires) in [
        ("name=qa", "2026-01-01T01:00:00Z"),
        ("name=qa&ttl=1", "2026-01-01T00:00:01Z"),
        ("ttl=43200&name=%61", "2026-01-01T12:00:00Z"),
    ] {
        let answer = filter.call_with(
            &format!("POST /bypass?{query}"),
            &[(":authority", "a.example"), (":scheme", "https")],
        );
        assert_eq!(answer.reply.status, 200, "{query}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let minted = answer.json();
        assert_eq!(minted["expires"], expires, "{query}");
        let token = minted["token"].as_str().unwrap();
        let url = format!("https://a.example/m/bypass?token={token}");
        assert_eq!(minted["url"], url, "{query}");
        assert!(holds(&filter, token), "{query}");
    }
    assert_eq!(filter.generation(), 0);
}

#[test]
fn a_name_is_needed_and_a_life_of_one_second_to_the_longest() {
    let filter = Filter::new("", &BYPASS.replace("}", r#","max_ttl_seconds":60}"#));
    for (query, culprit) in [
        ("", "name"),
        ("ttl=60", "name"),
        ("name=&ttl=60", "name"),
        ("name=a%0ab&ttl=60", "name"),
        ("name=%ff&ttl=60", "name"),
        ("name=a&name=a&ttl=60", "name"),
        ("name=a&ttl=61", "ttl"),
        ("name=a&ttl=0", "ttl"),
        ("name=a&ttl=-1", "ttl"),
        ("name=a&ttl=99999999999999999999", "ttl"),
        ("name=a&ttl=1&%74tl=1", "ttl"),
        ("name=a&ttl=1&next=/", "next"),
    ] {
        let answer = filter.call(&format!("POST /bypass?{query}"));
        assert_eq!(answer.reply.status, 400, "{query}");
        let problem = answer.json();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(culprit), "{query}: {detail}");
        assert!(problem.get("token").is_none());
    }
    let longest = filter.call("POST /bypass?name=a&ttl=60");
    assert_eq!(longest.json()["expires"], "2026-01-01T00:01:00Z");
}

#[test]
fn of_several_errors_of_a_bypass_call_the_first_in_order_is_answered() {
    for (call, statuses) in [
        ("/bypass", [401, 403, 404, 405, 400, 200]),
        ("/bypass/revoke", [401, 403, 404, 405, 400, 200]),
    ] {
        for (repaired, status) in statuses.into_iter().enumerate() {
            let pick = |error, bad: &'static str, good: &'static str| match repaired > error {
                true => good,
                false => bad,
            };
            let filter = Filter::new(r#","client_ips":["192.0.2.1"]"#, BYPASS);
            let good = if call == "/bypass" { "?name=qa" } else { "" };
            let path = format!("/m{call}{}{}", pick(2, "/x", ""), pick(4, "?x=1", good));
            let answer = filter.send(
                pick(1, "192.0.2.2", "192.0.2.1"),
                &[
                    (":method", pick(3, "DELETE", "POST").as_bytes()),
                    (":path", path.as_bytes()),
                    ("authorization", pick(0, "Bearer x", BEARER).as_bytes()),
                ],
            );
            assert_eq!(answer.reply.status, status, "{call}");
            assert_eq!(
                answer.access == Access::Granted,
                repaired >= 2,
                "{call} {status}"
            );
            let changes = u64::from(status == 200 && call == "/bypass/revoke");
            assert_eq!(filter.generation(), changes, "{call} {status}");
        }
    }
}

#[test]
fn a_link_needs_neither_token_nor_address_and_is_neither_granted_nor_denied() {
    let filter = Filter::new(r#","client_ips":["192.0.2.1"]"#, BYPASS);
    let token = mint(&filter);
    for (query, has_cookie) in [(format!("token={token}"), true), (String::new(), false)] {
        let answer = follow(&filter, &query);
        assert_eq!(answer.reply.status, 303);
        assert_eq!((answer.access, &answer.audit), (Access::Open, &None));
        assert_eq!(answer.header("location"), Some("/"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("set-cookie").is_some(), has_cookie);
    }
    let cookie = follow(&filter, &format!("token={token}&next=/a"));
    let expected =
        format!("maintenance_bypass={token}; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax");
    assert_eq!(cookie.header("set-cookie"), Some(expected.as_str()));
}

#[test]
fn the_cookie_ends_with_the_token() {
    let mut filter = filter();
    let token = mint(&filter);
    for (now, max_age) in [
        (NOW, Some("; Max-Age=3600;")),
        ("2026-01-01T00:59:59Z", Some("; Max-Age=1;")),
        ("2026-01-01T01:00:00Z", None),
    ] {
        filter.now = now;
        let answer = follow(&filter, &format!("token={token}"));
        let cookie = answer.header("set-cookie");
        assert_eq!(cookie.is_some(), max_age.is_some(), "{now}: {cookie:?}");
        assert!(
            cookie
                .unwrap_or_default()
                .contains(max_age.unwrap_or_default())
        );
    }
}

#[test]
fn next_is_taken_as_it_is_where_it_is_a_path_on_this_host() {
    let filter = filter();
    for (next, location) in [
        ("/", "/"),
        ("/a/b?c=d&e=f#g", "/a/b?c=d&e=f#g"),
        ("/a//b", "/a//b"),
        ("/%2F/host", "/%2F/host"),
        ("/@host", "/@host"),
        ("/b\u{e4}r x", "/b%C3%A4r%20x"),
        ("//host", "/"),
        ("/\\host", "/"),
        ("/\t/host", "/"),
        ("/\r\n/host", "/"),
        ("\t//host", "/"),
        (" //host", "/"),
        ("https://host/", "/"),
        ("a", "/"),
        ("", "/"),
    ] {
        let answer = follow(&filter, &format!("next={}", escaped(next)));
        assert_eq!(answer.header("location"), Some(location), "{next:?}");
    }
    for (length, is_taken) in [(MAX_REPEATED_BYTES, true), (MAX_REPEATED_BYTES + 1, false)] {
        let next = format!("/{}", "a".repeat(length - 1));
        let answer = follow(&filter, &format!("next={next}"));
        assert_eq!(
            answer.header("location") == Some(&next),
            is_taken,
            "{length}"
        );
    }
}

#[test]
fn a_malformed_token_or_next_does_not_spoil_the_other() {
    let filter = filter();
    let token = mint(&filter);
    for malformed in ["%ff", "%zz"] {
        let answer = follow(&filter, &format!("token={token}&next=/{malformed}"));
        assert_eq!(answer.header("location"), Some("/"), "next=/{malformed}");
        assert!(answer.header("set-cookie").is_some(), "next=/{malformed}");
    }
    for malformed in ["%ff", "%zz"] {
        let answer = follow(&filter, &format!("token={malformed}&next=/a"));
        assert_eq!(answer.header("set-cookie"), None, "token={malformed}");
        assert_eq!(answer.header("location"), Some("/a"), "token={malformed}");
    }
}

#[test]
fn a_revocation_ends_what_was_minted_before_it_and_no_reset_brings_it_back() {
    let filter = filter();
    let old = mint(&filter);
    assert!(holds(&filter, &old));
    let revoked = filter.call("POST /bypass/revoke");
    assert_eq!(revoked.json()["generation"], 1);
    assert_eq!(revoked.header("etag"), Some("\"1\""));
    let new = mint(&filter);
    for call in ["reset", "on", "off", "reset"] {
        assert!(!holds(&filter, &old) && holds(&filter, &new), "{call}");
        filter.call(&format!("POST /{call}"));
    }
    assert!(!holds(&filter, &old) && holds(&filter, &new));
    assert_eq!(filter.generation(), 5);
}

#[test]
fn every_one_of_several_revocations_in_one_moment_ends_what_was_minted_before_it() {
    let filter = filter();
    for round in 0..3 {
        let before = mint(&filter);
        assert!(holds(&filter, &before), "{round}");
        filter.call("POST /bypass/revoke");
        assert!(!holds(&filter, &before), "{round}");
    }
}

#[test]
fn mode_locks_the_flag_but_no_revocation() {
    let filter = Filter::new("", &format!(r#"{BYPASS},"mode":"on""#));
    let token = mint(&filter);
    assert_eq!(filter.call("POST /off").reply.status, 409);
    let guarded = |if_match| filter.call_with("POST /bypass/revoke", &[("if-match", if_match)]);
    assert_eq!(guarded("\"1\"").reply.status, 412);
    assert!(holds(&filter, &token));
    assert_eq!(guarded("\"0\"").reply.status, 200);
    assert!(!holds(&filter, &token));
}

#[test]
fn bypass_calls_are_one_line_each_with_the_name_and_without_any_token() {
    let filter = filter();
    let token = mint(&filter);
    let signature = token.rsplit('.').next().unwrap();
    for call in [
        "POST /bypass?name=qa".to_owned(),
        "POST /bypass?name=a%22b".to_owned(),
        "POST /bypass?name=a%0ab".to_owned(),
        format!("POST /bypass?name={token}"),
        format!("POST /bypass?name=qa&token={token}"),
        format!("POST /bypass?name=qa&ttl={token}"),
        format!("POST /bypass/{token}"),
        format!("DELETE /bypass?token={token}"),
        "POST /bypass/revoke".to_owned(),
        format!("POST /bypass/revoke?{token}"),
    ] {
        let answer = filter.call(&call);
        let audit = answer.audit.unwrap();
        assert!(audit.contains("\"T\""), "{call}: {audit}");
        assert!(!audit.chars().any(char::is_control), "{call}: {audit:?}");
        assert!(!audit.contains(signature), "{call}: {audit}");
        let minted: Value = serde_json::from_str(&answer.reply.body).unwrap();
        if let Some(minted) = minted["token"].as_str() {
            let signature = minted.rsplit('.').next().unwrap();
            assert!(!audit.contains(signature), "{call}: {audit}");
        }
    }
}

/// Pieces of what browsers take for another host, and anything else.
fn next() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(&["/", "//", "\\", "/\\", "\t", "\r\n", "\0", " ", ":", "@", "?", "#"][..])
            .prop_map(str::to_owned),
        2 => select(&["evil.example", "https:", "..", ".", "%2F", "%5C", "%", "\u{85}", "\u{ff0f}"][..])
            .prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_next_is_the_location_is_a_path_on_this_host(next in next(), raw: bool) {
        let filter = filter();
        let query = if raw { next.clone() } else { escaped(&next) };
        let answer = follow(&filter, &format!("next={query}"));
        prop_assert_eq!(answer.reply.status, 303);
        let location = answer.header("location").unwrap();
        let rest = location.strip_prefix('/');
        prop_assert!(rest.is_some_and(|rest| !rest.starts_with(['/', '\\'])), "{}", location);
        prop_assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{}", location);
    }

    #[test]
    fn whatever_the_token_is_the_link_leads_on_without_a_cookie(token: Vec<u8>) {
        let filter = filter();
        let escaped: String = token.iter().map(|byte| format!("%{byte:02x}")).collect();
        prop_assert!(!holds(&filter, &escaped));
    }
}
