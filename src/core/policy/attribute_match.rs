//! The entries of `attributes`.

use crate::config::matchers::AttributeConfig;
use crate::policy::environment::CheckAttribute;
use crate::policy::reading::Reading;
use crate::policy::request_header;
use crate::policy::seen::{Said, Seen};
use crate::policy::text_match::TextMatch;
use crate::policy::value_match::ValueMatch;
use crate::request::attribute::AttributePath;
use crate::request::head::RequestHead;
use crate::syntax::invalid::{Compiled, Located, refuse};

/// An attribute of the request or its connection.
#[derive(Clone, Debug)]
pub struct AttributeMatch {
    path: AttributePath,
    value: ValueMatch,
}

impl AttributeMatch {
    /// Compiles an entry of `attributes`.
    ///
    /// # Errors
    /// The path is no attribute path, or none that can be read, or not one kind is given.
    pub fn compile(
        config: &AttributeConfig,
        reading: Reading,
        check_here: CheckAttribute,
    ) -> Compiled<Self> {
        let segments: Vec<&str> = config.path.iter().map(String::as_str).collect();
        check(&segments).at("path")?;
        check_here(&segments).at("path")?;
        Ok(Self {
            path: AttributePath::new(&segments),
            value: ValueMatch::new(TextMatch::compile(config.texts(), config.present)?, reading),
        })
    }

    /// Whether the attribute, or its absence, matches.
    pub fn matches<'s>(&'s self, seen: &Seen<'s, impl RequestHead>) -> bool {
        match seen.attribute(&self.path) {
            Said::Absent => self.value.matches(None),
            Said::Text(text) => self.value.matches(Some(text)),
            Said::Other => false,
        }
    }
}

/// What the paths of attributes begin with that have more than one segment.
const ROOTS: [&str; 9] = [
    "connection",
    "destination",
    "filter_state",
    "metadata",
    "request",
    "response",
    "source",
    "upstream",
    "xds",
];

fn check(segments: &[&str]) -> Compiled<()> {
    if segments.is_empty() || segments.iter().any(|s| s.is_empty() || s.contains('\0')) {
        return refuse(
            "expected the segments of an attribute, such as \
             [\"connection\", \"uri_san_peer_certificate\"]",
        );
    }
    match segments {
        ["metadata"] | [.., "filter_metadata"] | [.., "filter_metadata", _] => {
            refuse("ends before the value: expected \"filter_metadata\", a namespace and a key")
        }
        ["request", "headers", name] if name.contains(|c: char| c.is_ascii_uppercase()) => {
            refuse(format!(
                "{name:?} is no name of a header here: write {:?}",
                name.to_ascii_lowercase()
            ))
        }
        ["request", "headers", name] => request_header::check_seen(name),
        ["filter_metadata", rest @ ..] => {
            let path = [&["metadata", "filter_metadata"], rest].concat();
            refuse(format!("has no \"metadata\" at its begin: write {path:?}"))
        }
        [path]
            if path
                .split_once('.')
                .is_some_and(|(root, _)| ROOTS.contains(&root)) =>
        {
            let segments: Vec<&str> = path.split('.').collect();
            refuse(format!(
                "{path:?} is one segment: write each of its own, {segments:?}"
            ))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::environment::any_attribute;
    use crate::request::attribute::Attribute;
    use crate::request::head::testing::TestRequest;

    #[test]
    fn an_attribute_that_is_no_text_matches_nothing() {
        let compile = |json: &str| {
            let entry = crate::syntax::json_reader::read(json);
            AttributeMatch::compile(&entry, Reading::Canonical, any_attribute)
        };
        let present = compile(r#"{"path":["a","b"],"present":true}"#).unwrap();
        let absent = compile(r#"{"path":["a","b"],"present":false}"#).unwrap();
        let matches = |entry: &AttributeMatch, attribute: Attribute| {
            let mut request = TestRequest::new::<&str>(&[]);
            request.attribute = attribute;
            entry.matches(&Seen::new(&request))
        };
        assert_eq!(present.path.segments().join("."), "a.b");
        assert!(matches(&present, Attribute::Text(b"".to_vec())));
        assert!(!matches(&present, Attribute::Other) && !matches(&absent, Attribute::Other));
        assert!(matches(&absent, Attribute::Absent));
        for path in [
            "[]",
            r#"[""]"#,
            r#"["metadata"]"#,
            r#"["xds","route_metadata","filter_metadata"]"#,
            r#"["a\u0000b"]"#,
            r#"["request","headers","X-A"]"#,
            r#"["request","headers","keep-alive"]"#,
        ] {
            assert!(compile(&format!(r#"{{"path":{path},"present":true}}"#)).is_err());
        }
        for (path, meant) in [
            (r#"["request.path"]"#, r#"["request", "path"]"#),
            (
                r#"["filter_metadata","a","b"]"#,
                r#"["metadata", "filter_metadata", "a", "b"]"#,
            ),
        ] {
            let refused = compile(&format!(r#"{{"path":{path},"present":true}}"#));
            let refused = refused.unwrap_err().to_string();
            assert!(refused.ends_with(meant), "{refused}");
        }
        assert!(compile(r#"{"path":["my.state"],"present":true}"#).is_ok());
    }
}
