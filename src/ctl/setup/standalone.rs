//! Which documents are plugin configurations themselves.

use crate::ctl::documents::document::Document;
use crate::ctl::documents::node::Content;

/// The keys of a plugin configuration.
const KEYS: [&str; 16] = [
    "admin",
    "allow",
    "announce_seconds",
    "bypass",
    "client_address",
    "initial",
    "max_held_requests",
    "mode",
    "observe",
    "response",
    "route_metadata",
    "rules",
    "scope",
    "store",
    "upstream_header",
    "windows",
];

/// How many letters may be wrong in a key that is meant to be one of these.
const SLIPS: usize = 2;

/// Whether a document is a plugin configuration, be it a wrong one: an object with a key of
/// one, or with one that is nearly so, or an empty object.
pub(super) fn is_configuration(document: &Document) -> bool {
    let Content::Map(entries) = &document.root.content else {
        return false;
    };
    let is_near = |key: &str| KEYS.iter().any(|known| distance(key, known) <= SLIPS);
    !document.is_around() && (entries.is_empty() || entries.iter().any(|(key, _)| is_near(key)))
}

/// How many letters are to be put in, taken out or changed.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (index, a) in one.chars().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(other.chars()) {
            let changed = diagonal + usize::from(a != b);
            diagonal = *cell;
            left = changed.min(*cell + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use maintenance_mode_core::config::plugin::PluginConfig;

    use super::*;
    use crate::ctl::documents::document::documents;

    #[test]
    fn a_configuration_may_be_wrong_but_not_another_thing() {
        let is = |text: &str| is_configuration(&documents("f", text).unwrap()[0]);
        for text in ["", "{}", "mode: on", "{\"mod\": \"on\"}", "alow: {}\nx: 1"] {
            assert!(is(text), "{text}");
        }
        for text in [
            "[]",
            "- mode: on",
            "x",
            "a: b",
            "apiVersion: v1\nkind: Pod\nmode: 1",
            "node: {}",
        ] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn every_key_is_known_here() {
        let error = PluginConfig::parse(br#"{"?": 1}"#).unwrap_err().to_string();
        let (_, known) = error.split_once("expected").unwrap();
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        assert!(known.len() > 10, "{error}");
        assert!(known.iter().all(|key| KEYS.contains(key)), "{known:?}");
    }

    #[test]
    fn a_distance_counts_slips() {
        for (one, other, slips) in [
            ("mode", "mode", 0),
            ("mod", "mode", 1),
            ("rlues", "rules", 2),
            ("", "ab", 2),
        ] {
            assert_eq!(distance(one, other), slips, "{one} {other}");
        }
    }
}
