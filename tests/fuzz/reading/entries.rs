//! The entries of `allow` and of a rule's `match`.

use serde_json::Value;

use super::{
    Stance, address,
    case::Request,
    field::{attribute_matches, cookie_matches, header_matches},
    host, path,
};

/// The kinds, each with the reason that it is, in the order in which they are asked.
pub const KINDS: [(&str, &str); 7] = [
    ("client_ips", "client_ip"),
    ("paths", "path"),
    ("hosts", "host"),
    ("methods", "method"),
    ("headers", "header"),
    ("cookies", "cookie"),
    ("attributes", "attribute"),
];

fn takes(kind: &str, entry: &Value, all: &Value, request: &Request, stance: Stance) -> bool {
    match kind {
        "client_ips" => {
            let entry = entry.as_str().unwrap();
            let client = address::client(all, request);
            client.is_some_and(|client| address::lies_in(entry, client))
        }
        "paths" => path::matches(entry, &path::of(request), stance),
        "hosts" => {
            let sent = request.text(":authority");
            !sent.is_empty() && host::matches(entry.as_str().unwrap(), &sent, stance)
        }
        "methods" => entry.as_str().unwrap() == request.method(),
        "headers" => header_matches(entry, request, stance),
        "cookies" => cookie_matches(entry, request, stance),
        "attributes" => attribute_matches(entry, request, stance),
        other => panic!("{other} is not read"),
    }
}

fn any(kind: &str, matchers: &Value, all: &Value, request: &Request, stance: Stance) -> bool {
    let mut entries = matchers[kind].as_array().unwrap().iter();
    entries.any(|entry| takes(kind, entry, all, request, stance))
}

/// Why `allow` lets a request pass, if it does.
pub fn allows(all: &Value, request: &Request) -> Option<&'static str> {
    let allow = &all["allow"];
    let kinds = KINDS.iter().filter(|(kind, _)| allow[*kind].is_array());
    let mut kinds = kinds.filter(|(kind, _)| any(kind, allow, all, request, Stance::Strict));
    kinds.next().map(|(_, reason)| *reason)
}

/// Whether a rule is for a request: every kind that it names takes it.
pub fn rule_matches(rule: &Value, all: &Value, request: &Request, stance: Stance) -> bool {
    let matchers = &rule["match"];
    let mut kinds = KINDS.iter().filter(|(kind, _)| matchers[*kind].is_array());
    kinds.all(|(kind, _)| any(kind, matchers, all, request, stance))
}
