//! The entries of `headers`.

use crate::config::matchers::FieldConfig;
use crate::policy::reading::Reading;
use crate::policy::request_header;
use crate::policy::seen::Seen;
use crate::policy::text_match::TextMatch;
use crate::policy::value_match::ValueMatch;
use crate::request::head::RequestHead;
use crate::syntax::invalid::{Compiled, Located};

/// A request header.
#[derive(Clone, Debug)]
pub struct HeaderMatch {
    name: Box<str>,
    value: ValueMatch,
}

impl HeaderMatch {
    /// Compiles an entry of `headers`.
    ///
    /// # Errors
    /// The name is that of no header of a request, or not one kind is given.
    pub fn compile(config: &FieldConfig, reading: Reading) -> Compiled<Self> {
        let name = request_header::compared(&config.name).at("name")?;
        let text = TextMatch::compile(config.texts(), config.present)?;
        request_header::check_value(&name, &text)?;
        Ok(Self {
            name,
            value: ValueMatch::of_header(text, reading)?,
        })
    }

    /// Whether the header, or its absence, matches.
    pub fn matches<'s>(&'s self, seen: &Seen<'s, impl RequestHead>) -> bool {
        self.value.matches(seen.header(&self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::head::testing::TestRequest;

    fn matches(entry: &HeaderMatch, lines: &[(&str, &str)]) -> bool {
        entry.matches(&Seen::new(&TestRequest::new(lines)))
    }

    #[test]
    fn header_names_are_compared_without_case_and_lines_joined() {
        let entry = crate::syntax::json_reader::read(r#"{"name":"X-Role","exact":"a,b"}"#);
        let entry = HeaderMatch::compile(&entry, Reading::Canonical).unwrap();
        assert!(matches(&entry, &[("x-role", "a"), ("x-role", "b")]));
        assert!(!matches(&entry, &[("x-role", "a")]));
    }

    #[test]
    fn names_that_can_never_match_are_refused() {
        for name in ["", ":path", "a b", "Host", "\u{e9}"] {
            let entry = format!(r#"{{"name":{name:?},"present":true}}"#);
            let entry = crate::syntax::json_reader::read(&entry);
            let error = HeaderMatch::compile(&entry, Reading::Canonical).unwrap_err();
            assert!(error.to_string().starts_with("name: "), "{error}");
        }
    }

    #[test]
    fn values_that_no_header_has_are_refused() {
        for (value, error) in [
            (r#""exact":" a""#, "exact: \" a\" has a space around it"),
            (r#""exact":"a\t""#, "exact: \"a\\t\" has a space around it"),
            (r#""prefix":" a""#, "prefix: "),
            (r#""regex":" a.*""#, "regex: "),
            (r#""suffix":"a ""#, "suffix: "),
            (
                r#""exact":"a\nb""#,
                "exact: \"a\\nb\" has a control character, which no value of a header has: write \"ab\"",
            ),
            (
                r#""suffix":" ""#,
                "suffix: \" \" has a space around it, which no value of a header has: expected a text",
            ),
        ] {
            let entry = format!(r#"{{"name":"x-a",{value}}}"#);
            let entry = crate::syntax::json_reader::read(&entry);
            let refused = HeaderMatch::compile(&entry, Reading::Any)
                .unwrap_err()
                .to_string();
            assert!(refused.starts_with(error), "{value} gave {refused}");
        }
        for value in [r#""exact":"a\tb""#, r#""prefix":"a ""#, r#""suffix":" a""#] {
            let entry = format!(r#"{{"name":"x-a",{value}}}"#);
            let entry = crate::syntax::json_reader::read(&entry);
            assert!(
                HeaderMatch::compile(&entry, Reading::Any).is_ok(),
                "{value}"
            );
        }
    }

    #[test]
    fn of_headers_for_the_next_proxy_only_what_is_left_can_match() {
        for (name, kind, is_accepted) in [
            ("connection", r#""exact":"close""#, false),
            ("Connection", r#""exact":"Upgrade""#, true),
            ("connection", r#""present":true"#, true),
            ("te", r#""exact":"deflate""#, false),
            ("te", r#""exact":"trailers""#, true),
        ] {
            let entry = format!(r#"{{"name":"{name}",{kind}}}"#);
            let entry = crate::syntax::json_reader::read(&entry);
            let compiled = HeaderMatch::compile(&entry, Reading::Any);
            assert_eq!(compiled.is_ok(), is_accepted, "{name} {kind}: {compiled:?}");
        }
    }

    #[test]
    fn a_value_that_is_too_long_is_in_doubt() {
        for (value, reading, length, expected) in [
            (r#""prefix":"a""#, Reading::Canonical, 8192, true),
            (r#""prefix":"a""#, Reading::Canonical, 8193, false),
            (r#""present":true"#, Reading::Canonical, 8193, false),
            (r#""prefix":"b""#, Reading::Any, 8192, false),
            (r#""prefix":"b""#, Reading::Any, 8193, true),
        ] {
            let entry = format!(r#"{{"name":"x-a",{value}}}"#);
            let entry = crate::syntax::json_reader::read(&entry);
            let entry = HeaderMatch::compile(&entry, reading).unwrap();
            let lines = [("x-a", &*"a".repeat(length))];
            assert_eq!(matches(&entry, &lines), expected, "{value} {length}");
        }
    }
}
