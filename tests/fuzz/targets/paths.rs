//! Paths: what `allow` lets through means the same after any normalisation, and what
//! `block` names is blocked in any spelling that a normalisation makes it from.
//!
//! The first line is the JSON of `paths`, the rest a request path with its query.

use maintenance_mode_core::{
    config::matchers::PathConfig,
    policy::{paths::Paths, reading::Reading},
    syntax::{json::Json, path::without_query, readings::Readings},
};
use normaliser::{Steps, normalise};

use super::first_line;

pub fn check(data: &[u8]) {
    let (entries, path) = first_line(data);
    let path = without_query(path);
    let compile = |reading| {
        let entries: Vec<PathConfig> = Json::parse(entries).ok()?.read().ok()?;
        Paths::compile(&entries, reading).ok()
    };
    let (Some(allow), Some(block)) = (compile(Reading::Canonical), compile(Reading::Any)) else {
        return;
    };
    let shown = || String::from_utf8_lossy(data).into_owned();
    let is_allowed = allow.find(&Readings::new(path)).is_some();
    if is_allowed {
        assert!(is_plain(path), "{}", shown());
        assert!(block.find(&Readings::new(path)).is_some(), "{}", shown());
    }
    for steps in all_steps() {
        let normal = normalise(path, steps);
        if is_allowed {
            assert!(
                allow.find(&Readings::new(&normal)).is_some(),
                "{steps:?} {}",
                shown()
            );
            assert_eq!(normal, path, "{steps:?} {}", shown());
        }
        if allow.find(&Readings::new(&normal)).is_some() {
            assert!(
                block.find(&Readings::new(path)).is_some(),
                "{steps:?} {}",
                shown()
            );
        }
    }
}

/// What the contract calls canonical, but for segments: printable ASCII without what
/// servers read differently, plain or escaped.
fn is_plain(path: &[u8]) -> bool {
    let text = String::from_utf8_lossy(path).to_ascii_lowercase();
    let is_bad_escape = |escape: &str| match u8::from_str_radix(escape, 16) {
        Ok(byte) => {
            byte.is_ascii_alphanumeric() || byte.is_ascii_control() || b"-._~/\\;%".contains(&byte)
        }
        Err(_) => true,
    };
    let mut escapes = text
        .split('%')
        .skip(1)
        .map(|rest| rest.get(..2).unwrap_or("x"));
    path.iter().all(u8::is_ascii_graphic)
        && !text.contains(['\\', ';'])
        && !escapes.any(is_bad_escape)
}

/// What an Envoy in front, or the same one, may be configured to do.
fn all_steps() -> impl Iterator<Item = Steps> {
    (0..8).map(|bits| Steps {
        unescape_slashes: bits & 1 != 0,
        normalise: bits & 2 != 0,
        merge_slashes: bits & 4 != 0,
    })
}
