//! The entries of `attributes`.

use crate::config::matchers::AttributeConfig;
use crate::policy::attribute_value;
use crate::policy::environment::CheckAttribute;
use crate::policy::known_attribute::{self, ValueType};
use crate::policy::reading::Reading;
use crate::policy::seen::{Said, Seen};
use crate::policy::text_match::TextMatch;
use crate::policy::value_match::ValueMatch;
use crate::request::attribute::AttributePath;
use crate::request::head::RequestHead;
use crate::syntax::invalid::{Compiled, Located};

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
        let value = known_attribute::check(&segments).at("path")?;
        check_here(&segments).at("path")?;
        let text = TextMatch::compile(config.texts(), config.present)?;
        attribute_value::check(&text, value)?;
        Ok(Self {
            path: AttributePath::new(&segments),
            value: match value {
                ValueType::Header => ValueMatch::of_header(text, reading)?,
                _ => ValueMatch::new(text, reading),
            },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::environment::any_attribute;
    use crate::request::attribute::Attribute;
    use crate::request::head::testing::TestRequest;

    fn compile(json: &str) -> Compiled<AttributeMatch> {
        let entry = crate::syntax::json_reader::read(json);
        AttributeMatch::compile(&entry, Reading::Canonical, any_attribute)
    }

    #[test]
    fn an_attribute_that_is_no_text_matches_nothing() {
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
    }

    #[test]
    fn what_no_request_has_is_refused_with_what_to_write() {
        for (path, kind, error) in [
            ("[]", r#""present":true"#, "path: expected the segments"),
            (
                r#"["requests","path"]"#,
                r#""present":false"#,
                "path: nothing is named \"requests\": write [\"request\", \"path\"]",
            ),
            (
                r#"["request","method"]"#,
                r#""exact":"get""#,
                "exact: \"get\" is not how requests name their method: write \"GET\"",
            ),
            (
                r#"["request","url_path"]"#,
                r#""exact":"/a?x""#,
                "write \"/a\", or compare [\"request\", \"path\"]",
            ),
            (
                r#"["request","url_path"]"#,
                r#""suffix":"?x""#,
                "suffix: \"?x\" has a `?`",
            ),
            (
                r#"["request","path"]"#,
                r#""prefix":"a""#,
                "prefix: \"a\" does not begin with `/`: write \"/a\"",
            ),
            (r#"["request","query"]"#, r#""exact":"?x""#, "write \"x\""),
            (
                r#"["request","scheme"]"#,
                r#""exact":"HTTP""#,
                "exact: no value is \"HTTP\": write \"http\"",
            ),
            (
                r#"["request","protocol"]"#,
                r#""exact":"http/1.1""#,
                "write \"HTTP/1.1\"",
            ),
            (
                r#"["request","protocol"]"#,
                r#""regex":"HTTP/2.0""#,
                "expected one of \"HTTP/1.0\"",
            ),
            (
                r#"["request","referer"]"#,
                r#""prefix":"a\nb""#,
                "prefix: \"a\\nb\" has a control character",
            ),
            (
                r#"["request","headers","x-a"]"#,
                r#""exact":" a""#,
                "exact: \" a\" has a space around it",
            ),
            (
                r#"["connection","mtls"]"#,
                r#""exact":"yes""#,
                "expected one of \"true\", \"false\"",
            ),
            (
                r#"["connection","mtls"]"#,
                r#""exact":"True""#,
                "write \"true\"",
            ),
            (
                r#"["source","address"]"#,
                r#""exact":"10.0.0.1""#,
                "write {\"prefix\": \"10.0.0.1:\"}",
            ),
            (
                r#"["source","address"]"#,
                r#""exact":"::1""#,
                "write {\"prefix\": \"[::1]:\"}",
            ),
        ] {
            let entry = format!(r#"{{"path":{path},{kind}}}"#);
            let refused = compile(&entry).unwrap_err().to_string();
            assert!(refused.contains(error), "{entry} gave {refused}");
        }
    }

    #[test]
    fn what_a_request_may_have_is_compared() {
        for (path, kind) in [
            (r#"["my.state"]"#, r#""present":true"#),
            (r#"["request","method"]"#, r#""prefix":"P""#),
            (r#"["request","method"]"#, r#""exact":"PURGE""#),
            (r#"["request","url_path"]"#, r#""regex":"/a[?]?""#),
            (r#"["request","path"]"#, r#""exact":"/a?x""#),
            (r#"["request","path"]"#, r#""exact":"*""#),
            (r#"["request","query"]"#, r#""exact":"x=?""#),
            (r#"["request","protocol"]"#, r#""prefix":"HTTP/1""#),
            (r#"["request","scheme"]"#, r#""present":false"#),
            (r#"["connection","mtls"]"#, r#""exact":"false""#),
            (r#"["source","address"]"#, r#""prefix":"10.""#),
            (r#"["source","address"]"#, r#""exact":"10.0.0.1:80""#),
            (r#"["source","address"]"#, r#""exact":"/run/front.sock""#),
        ] {
            let entry = format!(r#"{{"path":{path},{kind}}}"#);
            assert!(compile(&entry).is_ok(), "{entry}");
        }
    }
}
