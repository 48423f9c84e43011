//! The texts that entries of `attributes` compare with: that an attribute can have them.

use std::net::IpAddr;

use crate::policy::known_attribute::ValueType;
use crate::policy::method;
use crate::policy::text_match::TextMatch;
use crate::syntax::invalid::{Compiled, Located, refuse};

const SCHEMES: [&str; 2] = ["http", "https"];
const PROTOCOLS: [&str; 4] = ["HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/3"];
const BOOLEANS: [&str; 2] = ["true", "false"];

/// Refuses a text that no value of the kind has.
pub(super) fn check(text: &TextMatch, value: ValueType) -> Compiled<()> {
    let (key, literal, begins) = match text {
        TextMatch::Exact(literal) => ("exact", &**literal, true),
        TextMatch::Prefix(literal) => ("prefix", &**literal, true),
        TextMatch::Suffix(literal) => ("suffix", &**literal, false),
        TextMatch::Regex(regex) => ("regex", regex.as_str(), false),
        TextMatch::Present(_) => return Ok(()),
    };
    let is_whole = key == "exact";
    let checked = match value {
        ValueType::Scheme => one_of(text, literal, &SCHEMES),
        ValueType::Protocol => one_of(text, literal, &PROTOCOLS),
        ValueType::Boolean => one_of(text, literal, &BOOLEANS),
        ValueType::Method if is_whole => method::compile(literal).map(drop),
        ValueType::UrlPath if key != "regex" && literal.contains('?') => {
            let path = literal.split('?').next().unwrap_or_default();
            refuse(format!(
                "{literal:?} has a `?`, which no path without its query has: write {path:?}, or \
                 compare [\"request\", \"path\"]"
            ))
        }
        ValueType::Path | ValueType::UrlPath if begins && !literal.starts_with(['/', '*']) => {
            refuse(format!(
                "{literal:?} does not begin with `/`: write {:?}",
                format!("/{literal}")
            ))
        }
        ValueType::Query if begins && literal.starts_with('?') => refuse(format!(
            "{literal:?} has the `?` before the query: write {:?}",
            literal.trim_start_matches('?')
        )),
        ValueType::Address if is_whole && literal.parse::<IpAddr>().is_ok() => {
            let begin = match literal.contains(':') {
                true => format!("[{literal}]:"),
                false => format!("{literal}:"),
            };
            refuse(format!(
                "{literal:?} has no port, and each value has one: write {{\"prefix\": {begin:?}}}, or \
                 for addresses of clients an entry of `client_ips`"
            ))
        }
        _ => Ok(()),
    };
    checked.at(key)
}

fn one_of(text: &TextMatch, literal: &str, texts: &[&str]) -> Compiled<()> {
    if texts.iter().any(|other| text.matches(Some(other))) {
        return Ok(());
    }
    let mut texts_alike = texts.iter();
    match texts_alike.find(|other| other.eq_ignore_ascii_case(literal)) {
        Some(meant) => refuse(format!("no value is {literal:?}: write {meant:?}")),
        None => refuse(format!(
            "no value matches {literal:?}: expected one of \"{}\"",
            texts.join("\", \"")
        )),
    }
}
