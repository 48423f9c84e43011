//! The entries of `headers`.

use crate::config::matchers::FieldConfig;
use crate::policy::text_match::TextMatch;
use crate::request::headers::Headers;
use crate::syntax::field::header_name;
use crate::syntax::invalid::{Compiled, Located, refuse};

/// A request header.
#[derive(Clone, Debug)]
pub struct HeaderMatch {
    name: Box<str>,
    value: TextMatch,
}

impl HeaderMatch {
    /// Compiles an entry of `headers`; refuses what is no header name, and not exactly one kind.
    pub fn compile(config: &FieldConfig) -> Compiled<Self> {
        let name = header_name(&config.name).at("name")?;
        if &*name == "host" {
            return refuse("\"host\" is \":authority\" here: use `hosts`").at("name");
        }
        Ok(Self {
            name,
            value: TextMatch::compile(config.texts(), config.present)?,
        })
    }

    /// Whether the header, or its absence, matches.
    pub fn matches(&self, headers: &impl Headers) -> bool {
        self.value.matches(headers.get(&self.name).as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::headers::HeaderList;

    fn headers(lines: &[(&str, &str)]) -> HeaderList {
        HeaderList::new(lines)
    }

    #[test]
    fn header_names_are_compared_without_case_and_lines_joined() {
        let entry = crate::syntax::json_reader::read(r#"{"name":"X-Role","exact":"a,b"}"#);
        let entry = HeaderMatch::compile(&entry).unwrap();
        assert!(entry.matches(&headers(&[("x-role", "a"), ("x-role", "b")])));
        assert!(!entry.matches(&headers(&[("x-role", "a")])));
    }

    #[test]
    fn names_that_can_never_match_are_refused() {
        for name in ["", ":path", "a b", "Host", "\u{e9}"] {
            let entry = format!(r#"{{"name":{name:?},"present":true}}"#);
            let error =
                HeaderMatch::compile(&crate::syntax::json_reader::read(&entry)).unwrap_err();
            assert!(error.to_string().starts_with("name: "), "{error}");
        }
    }
}
