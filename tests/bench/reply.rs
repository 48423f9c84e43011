//! The reply that all cases give that answer for the upstream: this filter's own.

use support::Response;

pub const STATUS: u16 = 503;

/// What the module hands to Envoy; `default` has the length of the scopes of the cases.
pub const HEADERS: [(&str, &str); 7] = [
    ("cache-control", "no-store"),
    ("x-maintenance-mode", "default"),
    ("retry-after", "3600"),
    (
        "vary",
        "accept, accept-language, content-type, sec-fetch-dest, user-agent, x-requested-with",
    ),
    ("content-language", "en"),
    ("content-type", "application/problem+json"),
    ("x-envoy-ratelimited", "true"),
];

pub const BODY: &str = concat!(
    r#"{"type":"about:blank","title":"Down for maintenance","status":503,"#,
    r#""detail":"We are carrying out planned maintenance and will be back soon. Please try again later.","#,
    r#""retry_after":3600}"#
);

/// Fails unless this is the reply, but for the order of headers and the name of the scope.
pub fn assert_is(name: &str, response: &Response) {
    assert_eq!(response.status, STATUS, "{name}: {response:?}");
    assert_eq!(response.text(), BODY, "{name}");
    for (header, value) in HEADERS {
        let seen = response.header(header).unwrap_or_default();
        let equal = if header == "x-maintenance-mode" {
            seen.len() == value.len()
        } else {
            seen == value
        };
        assert!(equal, "{name}: {header}: {seen}");
    }
}
