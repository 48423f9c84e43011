//! What scripts of other origins get, and what caches are told.

use super::*;

const NEGOTIATED_WITH_ORIGIN: &str =
    "accept, accept-language, content-type, origin, sec-fetch-dest, user-agent, x-requested-with";

#[test]
fn every_reply_of_a_response_names_all_that_may_decide() {
    let cors = r#""cors":{"allow_origins":["https://app.example.com"]}"#;
    let origin = ("origin", "https://app.example.com");
    let grpc = ("content-type", "application/grpc");
    let asked = ("access-control-request-method", "PUT");
    let clients = [
        &[][..],
        &[origin],
        &[("origin", "https://evil.example")],
        &[grpc],
        &[origin, grpc],
        &[(":method", "OPTIONS"), origin, asked],
        &[(":method", "GET"), ("accept", "text/html")],
    ];
    for (response, vary) in [
        ("", Some(NEGOTIATED)),
        (r#""redirect":"https://status.example/""#, Some(NEGOTIATED)),
        (cors, Some(NEGOTIATED_WITH_ORIGIN)),
        (
            &format!(r#""format":"json",{cors}"#),
            Some("accept-language, origin"),
        ),
        (r#""format":"json""#, Some("accept-language")),
        (
            &format!(r#""format":"json","title":"T","message":"M",{cors}"#),
            Some("origin"),
        ),
        (r#""format":"json","title":"T","message":"M""#, None),
    ] {
        for client in clients {
            let reply = reply(&format!(r#"{{"response":{{{response}}}}}"#), None, client);
            assert_eq!(header(&reply, "vary"), vary, "{response} {client:?}");
        }
    }
}

#[test]
fn what_decides_is_what_vary_names() {
    for (header, value) in [
        ("accept", "text/plain"),
        ("accept-language", "de"),
        ("content-type", "application/json"),
        ("sec-fetch-dest", "empty"),
        ("user-agent", "curl/8"),
        ("x-requested-with", "XMLHttpRequest"),
    ] {
        let browser = ("user-agent", "Mozilla/5.0");
        let lines = [(header, value), browser];
        assert_ne!(
            reply("{}", None, &lines).body,
            reply("{}", None, &[browser]).body
        );
        assert!(
            NEGOTIATED.split(", ").any(|name| name == header),
            "{header}"
        );
    }
}

#[test]
fn allowed_origins_may_read_the_reply_and_no_others() {
    let config =
        r#"{"response":{"cors":{"allow_origins":["https://a.example"],"allow_credentials":true}}}"#;
    let allowed = reply(config, None, &[("origin", "https://a.example")]);
    for (name, value) in [
        ("access-control-allow-origin", "https://a.example"),
        ("access-control-allow-credentials", "true"),
        (
            "access-control-expose-headers",
            "retry-after, x-maintenance-mode",
        ),
    ] {
        assert_eq!(header(&allowed, name), Some(value));
    }
    let grpc = ("content-type", "application/grpc");
    let grpc = reply(config, None, &[("origin", "https://a.example"), grpc]);
    assert_eq!(
        header(&grpc, "access-control-expose-headers"),
        Some("grpc-message, grpc-status, retry-after, x-maintenance-mode")
    );
    for headers in [&[("origin", "https://b.example")][..], &[]] {
        let other = reply(config, None, headers);
        assert!(
            !other
                .headers()
                .any(|(name, _)| name.starts_with("access-control"))
        );
    }
}

#[test]
fn a_preflight_of_an_allowed_origin_is_answered_here() {
    let config = r#"{"response":{"cors":{"allow_origins":["*"]}}}"#;
    let preflight = [
        (":method", "OPTIONS"),
        ("origin", "https://a.example"),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "x-a,x-b"),
    ];
    let answer = reply(config, None, &preflight);
    assert_eq!((answer.status, &*answer.body), (204, ""));
    assert_eq!(
        header(&answer, "access-control-allow-methods"),
        Some("PATCH")
    );
    assert_eq!(
        header(&answer, "access-control-allow-headers"),
        Some("x-a,x-b")
    );
    assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
    assert_eq!(reply("{}", None, &preflight).status, 503);
    assert_eq!(reply(config, None, &preflight[..2]).status, 503);
}

#[test]
fn a_preflight_is_one_whatever_its_content_type() {
    let config = r#"{"response":{"cors":{"allow_origins":["https://*.example"]}}}"#;
    let preflight = [
        (":method", "OPTIONS"),
        ("origin", "https://a.example"),
        ("access-control-request-method", "POST"),
        ("content-type", "application/grpc+proto"),
    ];
    let answer = reply(config, None, &preflight);
    assert_eq!(
        (answer.status, answer.grpc_status, &*answer.body),
        (204, None, "")
    );
    let allowed = header(&answer, "access-control-allow-origin");
    assert_eq!(allowed, Some("https://a.example"));
    assert_eq!(reply(config, None, &preflight[..3]).grpc_status, None);
}

#[test]
fn a_preflight_that_asks_for_more_than_a_reply_can_hold_gets_the_rest() {
    let config = r#"{"response":{"cors":{"allow_origins":["*"]}}}"#;
    for (length, is_allowed) in [(MAX_REPEATED_BYTES, true), (MAX_REPEATED_BYTES + 1, false)] {
        let asked = "a".repeat(length);
        let preflight = [
            (":method", "OPTIONS"),
            ("origin", "https://a.example"),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", &asked),
        ];
        let answer = reply(config, None, &preflight);
        let allowed = header(&answer, "access-control-allow-headers");
        assert_eq!(allowed, is_allowed.then_some(&*asked), "{length}");
        assert_eq!(
            header(&answer, "access-control-allow-methods"),
            Some("PATCH")
        );
    }
}
