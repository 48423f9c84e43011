//! The entries of `cookies`.

use crate::config::matchers::FieldConfig;
use crate::policy::reading::Reading;
use crate::policy::text_match::TextMatch;
use crate::policy::value_match::ValueMatch;
use crate::request::cookies::Cookies;
use crate::syntax::field::cookie_name;
use crate::syntax::invalid::{Compiled, Located};

/// A request cookie; of several with one name, any may match.
#[derive(Clone, Debug)]
pub struct CookieMatch {
    name: Box<str>,
    value: ValueMatch,
}

impl CookieMatch {
    /// Compiles an entry of `cookies`.
    ///
    /// # Errors
    /// The name is no cookie name, or not one kind is given.
    pub fn compile(config: &FieldConfig, reading: Reading) -> Compiled<Self> {
        let name = cookie_name(&config.name).at("name")?;
        let text = TextMatch::compile(config.texts(), config.present)?;
        Ok(Self {
            name: name.into(),
            value: ValueMatch::of_cookie(text, reading)?,
        })
    }

    /// Whether the cookie, or its absence, matches.
    pub fn matches(&self, cookies: &Cookies<'_>) -> bool {
        let mut values = cookies.values(&self.name).peekable();
        match values.peek() {
            None => self.value.matches(None),
            Some(_) => values.any(|value| self.value.matches(Some(&value))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::headers::HeaderList;

    fn cookie(json: &str) -> CookieMatch {
        CookieMatch::compile(&crate::syntax::json_reader::read(json), Reading::Canonical).unwrap()
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name_on_any_line() {
        let lines = [("cookie", "a=1;ab=2"), ("cookie", " c = 3; d=\"4\"; e")];
        let lines = HeaderList::new(&lines);
        let cookies = Cookies::of(&lines, || 0);
        assert!(cookie(r#"{"name":"a","exact":"1"}"#).matches(&cookies));
        assert!(cookie(r#"{"name":"ab","exact":"2"}"#).matches(&cookies));
        assert!(cookie(r#"{"name":"d","exact":"\"4\""}"#).matches(&cookies));
        assert!(!cookie(r#"{"name":"b","present":true}"#).matches(&cookies));
        assert!(!cookie(r#"{"name":"e","present":true}"#).matches(&cookies));
        assert!(cookie(r#"{"name":"e","present":false}"#).matches(&cookies));
        assert!(
            cookie(r#"{"name":"a","present":false}"#)
                .matches(&Cookies::of(&HeaderList::default(), || 0))
        );
        assert!(!cookie(r#"{"name":"a","present":false}"#).matches(&cookies));
    }

    #[test]
    fn of_several_cookies_with_one_name_any_may_match() {
        let lines = HeaderList::new(&[("cookie", "a=1; a=2")]);
        let cookies = Cookies::of(&lines, || 0);
        assert!(cookie(r#"{"name":"a","exact":"2"}"#).matches(&cookies));
        assert!(!cookie(r#"{"name":"a","regex":"1. a=2"}"#).matches(&cookies));
    }

    #[test]
    fn values_that_no_cookie_has_are_refused() {
        for value in [
            r#""exact":"a;b""#,
            r#""prefix":";""#,
            r#""suffix":"a ""#,
            r#""exact":"a\u0000""#,
        ] {
            let entry = format!(r#"{{"name":"a",{value}}}"#);
            let entry = crate::syntax::json_reader::read(&entry);
            assert!(
                CookieMatch::compile(&entry, Reading::Canonical).is_err(),
                "{value}"
            );
        }
    }
}
