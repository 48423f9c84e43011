//! Which entry of `allow` matched.

use crate::{
    config::MatchersConfig,
    decision::Reason,
    policy::{Matchers, Reading},
    request::RequestHead,
};

/// The first entry of a kind that matches on its own: `allow.paths[0]`.
pub(super) fn entry_of(kind: Reason, allow: MatchersConfig, request: &impl RequestHead) -> String {
    let (key, index) = match kind {
        Reason::ClientIp => (
            "client_ips",
            find(allow.client_ips, request, |entry| MatchersConfig {
                client_ips: vec![entry],
                ..MatchersConfig::default()
            }),
        ),
        Reason::Path => (
            "paths",
            find(allow.paths, request, |entry| MatchersConfig {
                paths: vec![entry],
                ..MatchersConfig::default()
            }),
        ),
        Reason::Host => (
            "hosts",
            find(allow.hosts, request, |entry| MatchersConfig {
                hosts: vec![entry],
                ..MatchersConfig::default()
            }),
        ),
        Reason::Method => (
            "methods",
            find(allow.methods, request, |entry| MatchersConfig {
                methods: vec![entry],
                ..MatchersConfig::default()
            }),
        ),
        Reason::Header => (
            "headers",
            find(allow.headers, request, |entry| MatchersConfig {
                headers: vec![entry],
                ..MatchersConfig::default()
            }),
        ),
        Reason::Cookie => (
            "cookies",
            find(allow.cookies, request, |entry| MatchersConfig {
                cookies: vec![entry],
                ..MatchersConfig::default()
            }),
        ),
        Reason::Attribute => (
            "attributes",
            find(allow.attributes, request, |entry| MatchersConfig {
                attributes: vec![entry],
                ..MatchersConfig::default()
            }),
        ),
        Reason::Bypass | Reason::Rule => return kind.as_str().to_owned(),
    };
    match index {
        Some(index) => format!("allow.{key}[{index}]"),
        None => format!("allow.{key}"),
    }
}

fn find<E>(
    entries: Vec<E>,
    request: &impl RequestHead,
    alone: impl Fn(E) -> MatchersConfig,
) -> Option<usize> {
    entries.into_iter().position(|entry| {
        Matchers::compile(&alone(entry), Reading::Canonical)
            .is_ok_and(|matchers| matchers.first_match(request).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::testing::TestRequest;

    #[test]
    fn names_the_first_entry_that_matches() {
        let request = TestRequest::new(&[
            (":method", "GET"),
            (":path", "/b/c?d"),
            (":authority", "b.example"),
            ("x-a", "1"),
            ("cookie", "a=1; b=2"),
        ]);
        for (kind, json, place) in [
            (
                Reason::ClientIp,
                r#"{"client_ips":["10.0.0.0/8","192.0.2.0/24"]}"#,
                "client_ips[1]",
            ),
            (
                Reason::Path,
                r#"{"paths":["/a","/b","/b/*",{"suffix":"c"}]}"#,
                "paths[2]",
            ),
            (
                Reason::Host,
                r#"{"hosts":["*.b.example","b.example"]}"#,
                "hosts[1]",
            ),
            (
                Reason::Method,
                r#"{"methods":["PUT","HEAD","GET"]}"#,
                "methods[2]",
            ),
            (
                Reason::Header,
                r#"{"headers":[{"name":"x-a","present":true}]}"#,
                "headers[0]",
            ),
            (
                Reason::Cookie,
                r#"{"cookies":[{"name":"a","exact":"2"},{"name":"b","exact":"2"}]}"#,
                "cookies[1]",
            ),
            (
                Reason::Attribute,
                r#"{"attributes":[{"path":["a"],"present":true},{"path":["a"],"present":false}]}"#,
                "attributes[1]",
            ),
        ] {
            let allow = crate::json::read(json);
            assert_eq!(entry_of(kind, allow, &request), format!("allow.{place}"));
        }
    }
}
