//! Names of request headers, and what each may be used for.

use crate::policy::text_match::TextMatch;
use crate::syntax::field::header_name;
use crate::syntax::invalid::{Compiled, Located, refuse};
use crate::syntax::wire;

/// What proxies take for themselves of every request, before any filter sees it.
const NEVER_SEEN: [&str; 3] = ["keep-alive", "proxy-connection", "transfer-encoding"];

/// What is left of others, which say much more to a proxy than to what is behind it.
const LEFT: [(&str, &str); 2] = [("connection", "upgrade"), ("te", "trailers")];

/// What is no line among the headers, and where it is compared.
const ELSEWHERE: [(&str, &str); 6] = [
    ("host", "`hosts`"),
    (":authority", "`hosts`"),
    (":method", "`methods`"),
    (":path", "`paths`"),
    (
        ":scheme",
        "attributes: [{\"path\": [\"request\", \"scheme\"], …}]",
    ),
    (":protocol", "\"upgrade\""),
];

/// What has a meaning of its own, and is no address.
const OF_THE_REQUEST: [&str; 42] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "cache-control",
    "connection",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "expect",
    "forwarded",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "origin",
    "pragma",
    "proxy-authorization",
    "range",
    "referer",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "upgrade",
    "user-agent",
    "via",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-request-id",
    "x-requested-with",
    wire::BYPASS,
];

/// What proxies write addresses into.
const OF_ADDRESSES: [&str; 3] = [wire::EXTERNAL_ADDRESS, "x-forwarded-for", "x-real-ip"];

/// A header that is compared, in lower case; refuses one that no request has here.
pub(super) fn compared(name: &str) -> Compiled<Box<str>> {
    let mut elsewhere = ELSEWHERE.iter();
    if let Some((_, place)) = elsewhere.find(|(other, _)| name.eq_ignore_ascii_case(other)) {
        return refuse(format!("{name:?} is not among the headers: write {place}"));
    }
    let name = header_name(name)?;
    check_seen(&name)?;
    Ok(name)
}

/// Refuses a name in lower case of which no request has a line.
pub(super) fn check_seen(name: &str) -> Compiled<()> {
    if NEVER_SEEN.contains(&name) {
        return refuse(format!(
            "{name:?} is taken off before any filter sees the request: write another header"
        ));
    }
    Ok(())
}

/// Refuses a text that no filter sees as the whole value of a header.
pub(super) fn check_value(name: &str, text: &TextMatch) -> Compiled<()> {
    let left = LEFT.iter().find(|(other, _)| *other == name);
    match (left, text) {
        (Some((_, left)), TextMatch::Exact(value))
            if !value.to_ascii_lowercase().contains(left) =>
        {
            refuse(format!(
                "{value:?} is taken off before any filter sees the request: expected {left:?}, or \
                 another header"
            ))
            .at("exact")
        }
        _ => Ok(()),
    }
}

/// A header that addresses are read from, in lower case; refuses one with another meaning.
pub(super) fn of_addresses(name: &str) -> Compiled<Box<str>> {
    let name = header_name(name)?;
    if has_a_meaning(&name) {
        return refuse(format!(
            "no address is read from {name:?}: write \"x-forwarded-for\", or where else the proxy puts it"
        ));
    }
    Ok(name)
}

/// A header that the filter sets on requests, in lower case; refuses one that they come with.
pub(super) fn of_the_filter(name: &str) -> Compiled<Box<str>> {
    let name = header_name(name)?;
    if has_a_meaning(&name) || OF_ADDRESSES.contains(&&*name) {
        return refuse(format!(
            "{name:?} has another meaning: write a name of its own, such as \"x-maintenance\""
        ));
    }
    Ok(name)
}

fn has_a_meaning(name: &str) -> bool {
    OF_THE_REQUEST.contains(&name) || NEVER_SEEN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(name: Compiled<Box<str>>) -> String {
        name.unwrap_err().to_string()
    }

    #[test]
    fn of_what_no_request_has_it_is_said_where_it_is_compared() {
        for (name, place) in [
            ("Host", "`hosts`"),
            (":authority", "`hosts`"),
            (":method", "`methods`"),
            (":path", "`paths`"),
            (":scheme", "\"scheme\"]"),
            (":protocol", "\"upgrade\""),
            (":status", "like \"x-role\""),
            ("Keep-Alive", "another header"),
            ("transfer-encoding", "another header"),
            ("proxy-connection", "another header"),
        ] {
            let problem = problem(compared(name));
            assert!(problem.contains(place), "{problem}");
        }
        for name in ["Connection", "te", "Upgrade", "expect", "cookie", "x-role"] {
            assert_eq!(&*compared(name).unwrap(), name.to_lowercase());
        }
    }

    #[test]
    fn a_header_with_another_meaning_holds_no_address_and_is_not_the_filters() {
        for name in OF_THE_REQUEST.iter().chain(&NEVER_SEEN) {
            let problem = problem(of_addresses(name));
            assert!(problem.contains("write \"x-forwarded-for\""), "{problem}");
            assert!(of_the_filter(&name.to_uppercase()).is_err(), "{name}");
        }
        for name in ["x-forwarded-for", "X-Real-IP", wire::EXTERNAL_ADDRESS] {
            assert!(of_addresses(name).is_ok(), "{name}");
            let problem = problem(of_the_filter(name));
            assert!(problem.contains("such as \"x-maintenance\""), "{problem}");
        }
        assert!(of_addresses("cf-connecting-ip").is_ok());
        assert!(of_the_filter("X-Maintenance-Mode").is_ok());
    }
}
