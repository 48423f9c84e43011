//! What a caller can write into the log.

use http::Request as Http2Request;
use serde_json::{Value, json};
use support::{
    ADMIN, Envoy, Options, Request, TOKEN, admin, admin_request, eventually, fetch_http2,
};

use super::attack::assert_refused;

/// Of a line, with what Envoy puts before it.
const LONGEST: usize = 512;

/// Nothing of this may be found in the log.
const MARK: &str = "caller-s-own";

/// An Envoy whose log has nothing but warnings.
fn envoy() -> Envoy {
    let mut configuration = json!({"admin": admin(), "bypass": {"key": TOKEN.repeat(2)}});
    configuration["scope"] = "s".repeat(64).into();
    configuration["admin"]["tokens"][0]["name"] = "n".repeat(64).into();
    let mut options = Options::new(configuration);
    options.connection_manager = json!({
        "use_remote_address": true,
        "max_request_headers_kb": 8192,
        "http_protocol_options": {"allow_custom_methods": true},
    });
    options.log_level = "warning";
    Envoy::with(options)
}

/// Waits for so many lines since the start of Envoy, each of which must be short and plain.
fn assert_lines(envoy: &Envoy, start: &str, count: usize) {
    let mut lines = Vec::new();
    eventually("the lines", || {
        let log = envoy.log();
        let new = log.strip_prefix(start).unwrap().split_terminator('\n');
        lines = new.map(str::to_owned).collect();
        lines.len() >= count
    });
    assert_eq!(lines.len(), count, "{lines:#?}");
    for line in &lines {
        assert!(line.contains(" maintenance-mode: admin call by "), "{line}");
        let is_plain = line.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        assert!(is_plain && line.len() <= LONGEST, "{line:?}");
        assert!(!line.contains(MARK) && !line.contains(TOKEN), "{line}");
    }
    let longest = lines.iter().map(String::len).max();
    println!("the longest of {count} lines has {longest:?} bytes");
}

/// Texts that a terminal or a reader of the log would stumble over.
fn bad_texts() -> Vec<Vec<u8>> {
    let line = format!("{MARK}\\n[2026-01-01][critical] {MARK}%0a%0d%1b[2J");
    vec![
        line.into_bytes(),
        format!("{MARK}\u{85}\u{2028}\u{202e}\u{9b}2J").into_bytes(),
        [MARK.as_bytes(), b"\xff\xfe\xc0\x80\x9b2J"].concat(),
        format!("{MARK}{{}}%s%n${{jndi:ldap://{MARK}}}").into_bytes(),
        MARK.repeat(10_000).into_bytes(),
    ]
}

#[test]
fn a_line_about_a_wrong_call_is_short_and_plain_whatever_is_sent() {
    let envoy = envoy();
    let start = envoy.log();
    let mut calls = 0;
    for text in bad_texts() {
        let bearer = [b"Bearer ", &text[..]].concat();
        let path: String = text.iter().map(|byte| format!("%{byte:02x}")).collect();
        let requests = [
            Request::new("POST", &format!("{ADMIN}/on")).header("authorization", &text),
            Request::new("POST", &format!("{ADMIN}/on")).header("authorization", bearer),
            Request::get(&format!("{ADMIN}/on?message={path}&{path}={path}")),
            Request::get(ADMIN).header("x-forwarded-for", &text),
            Request::get(ADMIN)
                .header("user-agent", &text)
                .header("x-request-id", &text),
        ];
        for request in &requests {
            assert_refused(&envoy.fetch(request));
        }
        calls += requests.len();
    }
    let methods = [MARK.to_owned(), MARK.repeat(1000)];
    for method in &methods {
        assert_refused(&envoy.fetch(&Request::new(method, ADMIN)));
    }
    let over_http2 = Http2Request::builder()
        .method(MARK)
        .uri(format!("http://{MARK}{ADMIN}/{MARK}"))
        .header("authorization", b"\xff\x9b2J".as_slice())
        .body("");
    assert_refused(&fetch_http2(envoy.address, over_http2.unwrap()));
    assert_lines(&envoy, &start, calls + methods.len() + 1);
}

#[test]
fn a_line_about_a_call_with_the_token_is_short_and_plain_too() {
    let envoy = envoy();
    let start = envoy.log();
    let text = format!("{MARK}%0A%0d%1b%5b2J%C2%9b%E2%80%AE");
    let calls = [
        (
            200,
            format!(
                "on?message={MARK}%C2%A0%E2%80%AE&until=2999-01-01T00:00:00Z&start=2998-01-01T00:00:00Z"
            ),
        ),
        (400, format!("on?message={text}")),
        (400, format!("on?{text}=1")),
        (400, format!("on?until={text}")),
        (400, format!("bypass?name={text}")),
        (200, format!("bypass?name={MARK}%E2%80%AE")),
        (404, format!("{MARK}%E2%80%AE")),
        (404, MARK.repeat(500)),
        (412, "off".to_owned()),
    ];
    for (status, call) in &calls {
        let request = admin_request("POST", call);
        let request = match status {
            412 => request.header("if-match", format!("\"{MARK}\"")),
            _ => request,
        };
        let answer = envoy.fetch(&request);
        assert_eq!(answer.status, *status, "{call}: {}", answer.text());
    }
    let method = envoy.admin(MARK, "on");
    assert_eq!(method.status, 405, "{}", method.text());
    assert_lines(&envoy, &start, calls.len() + 1);
}

#[test]
fn a_token_name_of_the_configuration_cannot_forge_a_line() {
    for name in ["a\nb", "a\u{1b}[2J", "a\u{85}b", "a\u{7f}"] {
        let mut configuration: Value = json!({"admin": admin()});
        configuration["admin"]["tokens"][0]["name"] = name.into();
        let log = Envoy::refusal(Options::new(configuration));
        let culprit = "admin.tokens[0].name: expected 1 to 64 bytes without control characters";
        assert!(log.contains(culprit), "{log}");
        assert!(!log.contains(name), "{log}");
    }
}
