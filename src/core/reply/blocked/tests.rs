mod languages;
mod origins;

use super::*;
use crate::policy::outlook::Outlook;
use crate::policy::policy::{Policy, policy};
use crate::policy::template::PLACEHOLDERS;
use crate::reply::local_reply::MAX_REPEATED_BYTES;
use crate::request::head::testing::TestRequest;
use crate::state::state::State;
use crate::syntax::timestamp::Timestamp;
use crate::syntax::wire;

const NEGOTIATED: &str =
    "accept, accept-language, content-type, sec-fetch-dest, user-agent, x-requested-with";

/// The reply of a policy to a request, `json` being the plugin configuration without `mode`.
fn reply(json: &str, setting: Option<&str>, headers: &[(&str, &str)]) -> LocalReply<'static> {
    let policy: &'static Policy = Box::leak(Box::new(policy(json)));
    let setting = setting.map(crate::syntax::json_reader::read);
    let state: &'static State = Box::leak(Box::new(State {
        generation: 1,
        setting,
        bypass_revoked_at: None,
    }));
    let mut request = TestRequest::new(headers);
    request.random = 1_000_000_007;
    let flag = policy.flag(state, &Outlook::default(), || request.now());
    let refused = Refused {
        response: &policy.response,
        turn: None,
    };
    blocked(refused, &flag, &request)
}

fn lines<'a>(reply: &'a LocalReply, name: &str) -> Vec<&'a str> {
    let lines = reply.headers().filter(|(key, _)| *key == name);
    lines.map(|(_, value)| value).collect()
}

fn header<'a>(reply: &'a LocalReply, name: &str) -> Option<&'a str> {
    let lines = lines(reply, name);
    assert!(lines.len() < 2, "{name} is there twice");
    lines.first().copied()
}

#[test]
fn the_reply_names_status_retry_after_and_scope_and_is_never_cached() {
    let reply = reply(r#"{"scope":"shop","response":{"status":529}}"#, None, &[]);
    assert_eq!(reply.status, 529);
    assert_eq!(header(&reply, "retry-after"), Some("3600"));
    assert_eq!(header(&reply, "cache-control"), Some("no-store"));
    assert_eq!(header(&reply, "x-maintenance-mode"), Some("shop"));
    assert_eq!(header(&reply, "vary"), Some(NEGOTIATED));
    assert_eq!(reply.details, "maintenance_mode");
}

#[test]
fn retry_after_comes_from_the_toggle_then_its_end_then_the_configuration() {
    let until = |millis| Timestamp::from_unix_millis(millis).to_string();
    for (response, setting, expected) in [
        ("{}", None, Some("3600")),
        (r#"{"retry_after":0}"#, None, Some("0")),
        (r#"{"retry_after":null}"#, None, None),
        (r#"{"retry_after":"none"}"#, None, None),
        (
            r#"{"retry_after":"Sun, 06 Nov 1994 08:49:37 GMT"}"#,
            None,
            Some("Sun, 06 Nov 1994 08:49:37 GMT"),
        ),
        (r#"{"retry_after":null}"#, Some((1500, "")), Some("2")),
        ("{}", Some((1, "")), Some("1")),
        ("{}", Some((-1, r#","retry_after":7"#)), Some("3600")),
        ("{}", Some((60_000, r#","retry_after":7"#)), Some("7")),
    ] {
        let setting = setting
            .map(|(end, more)| format!(r#"{{"maintenance":true,"until":"{}"{more}}}"#, until(end)));
        let config = format!(r#"{{"response":{response}}}"#);
        let reply = reply(&config, setting.as_deref(), &[]);
        assert_eq!(
            header(&reply, "retry-after"),
            expected,
            "{response} {setting:?}"
        );
    }
}

#[test]
fn json_is_problem_details_with_what_is_known() {
    let json = [("accept", "application/json")];
    let reply1 = reply(
        r#"{"response":{"title":"T","message":"\"M\"","retry_after":null}}"#,
        None,
        &json,
    );
    assert_eq!(
        header(&reply1, "content-type"),
        Some("application/problem+json")
    );
    assert_eq!(
        reply1.body,
        r#"{"type":"about:blank","title":"T","status":503,"detail":"\"M\""}"#
    );
    let setting = r#"{"maintenance":true,"until":"1970-01-01T00:01:00Z","message":"N"}"#;
    let reply2 = reply(
        r#"{"response":{"title":"T","message":"M"}}"#,
        Some(setting),
        &json,
    );
    assert_eq!(
        reply2.body,
        r#"{"type":"about:blank","title":"T","status":503,"detail":"N","retry_after":60,"until":"1970-01-01T00:01:00Z"}"#
    );
}

#[test]
fn each_format_has_its_content_type_and_only_auto_varies_by_more_than_language() {
    for (format, content_type, begin) in [
        ("html", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("json", "application/problem+json", "{"),
        (
            "text",
            "text/plain; charset=utf-8",
            "Down for maintenance\n",
        ),
    ] {
        let config = format!(r#"{{"response":{{"format":"{format}"}}}}"#);
        let reply = reply(&config, None, &[("accept", "image/png")]);
        assert_eq!(header(&reply, "content-type"), Some(content_type));
        assert_eq!(header(&reply, "vary"), Some("accept-language"));
        assert!(reply.body.starts_with(begin), "{}", reply.body);
    }
}

#[test]
fn custom_bodies_replace_the_built_in_ones() {
    let config = r#"{"response":{"message":"<M>","html":"<p>{{message}}","json":"{\"m\":\"{{message}}\"}","text":"{{message}} {{request_id}}"}}"#;
    for (accept, content_type, body) in [
        ("text/html", "text/html; charset=utf-8", "<p>&lt;M&gt;"),
        ("application/json", "application/json", r#"{"m":"<M>"}"#),
        ("text/plain", "text/plain; charset=utf-8", "<M> r-1"),
    ] {
        let reply = reply(config, None, &[("accept", accept), ("x-request-id", "r-1")]);
        assert_eq!(header(&reply, "content-type"), Some(content_type));
        assert_eq!(reply.body, body);
    }
}

/// With nothing set but what the placeholder itself needs.
#[test]
fn each_placeholder_shows_what_is_known() {
    for name in PLACEHOLDERS.iter().map(|placeholder| placeholder.name) {
        let config = format!(r#"{{"response":{{"format":"text","text":"{{{{{name}}}}}"}}}}"#);
        let on = match name {
            "until" => r#"{"maintenance":true,"until":"2100-01-01T00:00:00Z"}"#,
            _ => r#"{"maintenance":true}"#,
        };
        let reply = reply(&config, Some(on), &[("x-request-id", "4711")]);
        assert!(!reply.body.is_empty(), "{{{{{name}}}}} is empty");
    }
}

#[test]
fn grpc_gets_a_status_and_the_message_never_html() {
    for (content_type, grpc) in [
        ("application/grpc", true),
        ("application/grpc+proto", true),
        ("application/grpc-web", false),
        ("application/grpcx", false),
        ("application/json", false),
    ] {
        let headers = [("content-type", content_type), ("accept", "text/html")];
        let reply = reply(
            r#"{"response":{"message":"M","format":"html","status":529}}"#,
            None,
            &headers,
        );
        assert_eq!(reply.status, if grpc { 200 } else { 529 }, "{content_type}");
        assert_eq!(reply.grpc_status, grpc.then_some(14), "{content_type}");
        let status = header(&reply, "grpc-status");
        assert_eq!(status, grpc.then_some("14"), "{content_type}");
        let message = header(&reply, "grpc-message");
        assert_eq!(message, grpc.then_some("M"), "{content_type}");
        let represents = header(&reply, "content-type");
        assert_eq!(represents == Some("application/grpc"), grpc);
        assert_eq!(reply.body.is_empty(), grpc, "{content_type}");
        assert_eq!(header(&reply, "retry-after"), Some("3600"));
    }
}

#[test]
fn the_message_of_grpc_is_that_of_who_speaks_last_percent_encoded() {
    let config = r#"{"response":{"message":"5 % off","headers":{"Grpc-Message":"fine"}}}"#;
    let grpc = [("content-type", "application/grpc")];
    for (setting, message) in [
        (None, "5 %25 off"),
        (
            Some(r#"{"maintenance":true,"message":"Zur\u00fcck ~ 6"}"#),
            "Zur%C3%BCck ~ 6",
        ),
    ] {
        let reply = reply(config, setting, &grpc);
        assert_eq!(header(&reply, "grpc-message"), Some(message));
    }
}

#[test]
fn statuses_without_a_body_have_none() {
    for status in [204, 205, 304] {
        let reply = reply(
            &format!(r#"{{"response":{{"status":{status}}}}}"#),
            None,
            &[],
        );
        assert_eq!((reply.status, &*reply.body), (status, ""));
        assert_eq!(header(&reply, "content-type"), None);
        assert_eq!(header(&reply, "retry-after"), Some("3600"));
    }
}

#[test]
fn configured_headers_replace_ours_of_that_name() {
    let config =
        r#"{"response":{"headers":{"Cache-Control":"private","Retry-After":"9","x-a":"b"}}}"#;
    let reply = reply(config, None, &[]);
    assert_eq!(header(&reply, "cache-control"), Some("private"));
    assert_eq!(header(&reply, "retry-after"), Some("9"));
    assert_eq!(header(&reply, "x-a"), Some("b"));
}

#[test]
fn a_configured_header_beats_what_the_request_or_the_flag_says_too() {
    let setting = Some(r#"{"maintenance":true,"retry_after":7}"#);
    let client = [
        ("accept", "text/html"),
        ("origin", "https://app.example.com"),
    ];
    for (name, more) in [
        ("retry-after", r#""format":"auto""#),
        ("refresh", r#""refresh":30,"retry_after_jitter":10"#),
        ("vary", r#""cors":{"allow_origins":["*"]}"#),
        (
            "access-control-expose-headers",
            r#""cors":{"allow_origins":["*"]}"#,
        ),
    ] {
        let config = format!(r#"{{"response":{{"headers":{{"{name}":"configured"}},{more}}}}}"#);
        let configured = reply(&config, setting, &client);
        assert_eq!(header(&configured, name), Some("configured"), "{config}");
        let ours = reply(&format!(r#"{{"response":{{{more}}}}}"#), setting, &client);
        assert_ne!(header(&ours, name), None, "{more}");
    }
}

#[test]
fn jitter_is_added_to_every_number_of_seconds_and_to_no_date() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    // 1,000,000,007 is 6 modulo 11.
    for (retry_after, setting, expected) in [
        ("100".to_owned(), None, "106"),
        (
            "100".to_owned(),
            Some(r#"{"maintenance":true,"retry_after":5}"#),
            "11",
        ),
        (format!("{date:?}"), None, date),
    ] {
        let config =
            format!(r#"{{"response":{{"retry_after":{retry_after},"retry_after_jitter":10}}}}"#);
        let reply = reply(&config, setting, &[]);
        assert_eq!(header(&reply, "retry-after"), Some(expected));
    }
}

#[test]
fn browsers_are_redirected_but_not_to_where_they_are() {
    let config = r#"{"response":{"redirect":"https://status.example/now?a","refresh":9}}"#;
    let request = |method, host, path, accept| {
        [
            (":method", method),
            (":authority", host),
            (":path", path),
            ("accept", accept),
        ]
    };
    for (method, host, path, accept, status) in [
        ("GET", "shop.example", "/now", "text/html", 302),
        ("HEAD", "shop.example", "/now", "text/html", 302),
        ("POST", "shop.example", "/now", "text/html", 503),
        ("GET", "shop.example", "/now", "application/json", 503),
        ("GET", "Status.example:443", "/now?b", "text/html", 503),
        ("GET", "status.example", "/", "text/html", 302),
    ] {
        let reply = reply(config, None, &request(method, host, path, accept));
        assert_eq!(reply.status, status, "{method} {host} {path} {accept}");
        let location = (status == 302).then_some("https://status.example/now?a");
        assert_eq!(header(&reply, "location"), location);
        let refreshes = accept == "text/html" && status == 503;
        assert_eq!(header(&reply, "refresh").is_some(), refreshes);
    }
}

#[test]
fn sessions_are_ended_over_https_with_secure_cookies() {
    let config = r#"{"response":{"clear_site_data":["cookies"],"expire_cookies":["a","b"]}}"#;
    let cookies = |headers: &[(&str, &str)]| -> Vec<String> {
        let reply = reply(config, None, headers);
        assert_eq!(header(&reply, "clear-site-data"), Some("\"cookies\""));
        let cookies = lines(&reply, "set-cookie");
        cookies.into_iter().map(str::to_owned).collect()
    };
    assert_eq!(
        cookies(&[]),
        ["a=; Path=/; Max-Age=0", "b=; Path=/; Max-Age=0"]
    );
    for https in [(":scheme", "https"), ("x-forwarded-proto", "https")] {
        assert_eq!(cookies(&[https])[1], "b=; Path=/; Max-Age=0; Secure");
    }
}

#[test]
fn proxies_and_grpc_clients_are_told_not_to_retry() {
    let grpc = [("content-type", "application/grpc")];
    let told = reply("{}", None, &grpc);
    assert_eq!(header(&told, wire::RATE_LIMITED), Some("true"));
    assert_eq!(header(&told, "grpc-retry-pushback-ms"), Some("-1"));
    assert_eq!(
        header(&reply("{}", None, &[]), "grpc-retry-pushback-ms"),
        None
    );
    let free = reply(r#"{"response":{"no_retry":false}}"#, None, &grpc);
    assert_eq!(header(&free, wire::RATE_LIMITED), None);
    assert_eq!(header(&free, "grpc-retry-pushback-ms"), None);
}
