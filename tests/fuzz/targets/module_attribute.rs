//! The path of an attribute, a segment a line: what a dynamic module can read is what it does not
//! refuse, and what it refuses it explains.

use maintenance_mode::hosts::abi::module_attribute::{Source, Type, check as is_readable};

pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let path: Vec<&str> = text.split('\n').collect();
    let source = Source::of(&path);
    match is_readable(&path) {
        Ok(()) => assert!(source.is_some(), "{path:?}"),
        Err(refused) => {
            assert!(source.is_none(), "{path:?}");
            assert!(!refused.to_string().is_empty());
        }
    }
    let has_kept_all = match source {
        None => true,
        Some(Source::Header(name)) => path == ["request", "headers", name],
        Some(Source::FilterState(key)) => path == ["filter_state", key],
        Some(Source::Metadata(_, namespace, key)) => path.ends_with(&[namespace, key]),
        Some(Source::Id(id, kind)) => {
            path.len() == 2 && (kind == Type::Number || id < 67 && path[0] != "metadata")
        }
    };
    assert!(has_kept_all, "{path:?}");
}
