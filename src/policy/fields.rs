//! The entries of `headers`, `cookies` and `attributes`: a name and how its value compares.

use super::{
    InvalidConfig, Located,
    text_match::{Kinds, TextMatch},
};
use crate::{
    config::{AttributeConfig, FieldConfig},
    header_map::HeaderMap,
    metadata,
    request::Attribute,
};

/// A request header.
#[derive(Clone, Debug)]
pub struct HeaderMatch {
    name: Box<str>,
    value: TextMatch,
}

impl HeaderMatch {
    /// Compiles an entry of `headers`.
    ///
    /// # Errors
    /// The name is no header name, or not one kind is given.
    pub fn compile(config: &FieldConfig) -> Result<Self, InvalidConfig> {
        let name = header_name(&config.name).at("name")?;
        if &*name == "host" {
            return Err(InvalidConfig::new(
                "Envoy knows \"host\" as \":authority\": use `hosts`",
            ))
            .at("name");
        }
        Ok(Self {
            name,
            value: kinds_of(config).try_into()?,
        })
    }

    /// Whether the header, or its absence, matches.
    pub fn matches(&self, headers: &HeaderMap) -> bool {
        self.value.matches(headers.get(&self.name).as_deref())
    }
}

/// A request cookie; of several with one name, any may match.
#[derive(Clone, Debug)]
pub struct CookieMatch {
    name: Box<str>,
    value: TextMatch,
}

impl CookieMatch {
    /// Compiles an entry of `cookies`.
    ///
    /// # Errors
    /// The name is no cookie name, or not one kind is given.
    pub fn compile(config: &FieldConfig) -> Result<Self, InvalidConfig> {
        if !is_token(&config.name) {
            return Err(InvalidConfig::new(format!(
                "{:?} is not a cookie name",
                config.name
            )))
            .at("name");
        }
        Ok(Self {
            name: config.name.as_str().into(),
            value: kinds_of(config).try_into()?,
        })
    }

    /// Whether the cookie, or its absence, matches.
    pub fn matches(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.cookies().unwrap_or_default();
        let mut values = cookie_values(&cookies, &self.name).peekable();
        match values.peek() {
            None => self.value.matches(None),
            Some(_) => values.any(|value| self.value.matches(Some(value))),
        }
    }
}

/// The values of all cookies of a name, [RFC 6265 section 4.2.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1).
pub(crate) fn cookie_values<'c>(cookies: &'c [u8], name: &str) -> impl Iterator<Item = &'c [u8]> {
    cookies.split(|&byte| byte == b';').filter_map(move |pair| {
        pair.trim_ascii()
            .strip_prefix(name.as_bytes())?
            .strip_prefix(b"=")
    })
}

/// An [attribute](https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes)
/// of the request or its connection.
#[derive(Clone, Debug)]
pub struct AttributeMatch {
    path: AttributePath,
    value: TextMatch,
}

/// The segments of an attribute's name, a NUL between them, as the Proxy-Wasm ABI has it.
#[derive(Clone, Debug)]
pub struct AttributePath(Box<[u8]>);

impl AttributePath {
    /// The bytes for the host.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether the bytes of the attribute are text, and not a number, a list or a map.
    /// Headers are text, metadata says so itself if it is `read` as a whole, a size is none
    /// whatever the client makes it, and of all others what is UTF-8 without a NUL is taken
    /// for text.
    pub fn is_string(&self, value: &[u8], read: impl FnOnce(&[u8]) -> Vec<u8>) -> bool {
        let segments: Vec<&[u8]> = self.0.split(|&byte| byte == 0).collect();
        let metadata = segments
            .iter()
            .position(|&segment| segment == b"filter_metadata");
        match (segments.as_slice(), metadata) {
            ([_, b"headers", ..], _) => true,
            ([b"request", b"size" | b"total_size"], _) => false,
            (segments, Some(at)) => {
                let (root, path) = segments.split_at_checked(at).unwrap_or_default();
                metadata::is_string(&read(&root.join(&0)), path.iter().skip(1).copied())
            }
            _ => !value.contains(&0) && std::str::from_utf8(value).is_ok(),
        }
    }
}

impl AttributeMatch {
    /// Compiles an entry of `attributes`.
    ///
    /// # Errors
    /// The path is no attribute path, or not one kind is given.
    pub fn compile(config: &AttributeConfig) -> Result<Self, InvalidConfig> {
        let segments: Vec<&str> = config.path.iter().map(String::as_str).collect();
        if segments.is_empty() || segments.iter().any(|s| s.is_empty() || s.contains('\0')) {
            return Err(InvalidConfig::new(
                "expected the segments of an attribute, such as [\"connection\", \"uri_san_peer_certificate\"]",
            ))
            .at("path");
        }
        if segments
            .last()
            .is_some_and(|last| last.ends_with("metadata"))
        {
            return Err(InvalidConfig::new(
                "ends before the value: expected \"filter_metadata\", a namespace and a key",
            ))
            .at("path");
        }
        let path = AttributePath(segments.join("\0").into_bytes().into());
        let kinds = Kinds {
            exact: config.exact.as_deref(),
            prefix: config.prefix.as_deref(),
            suffix: config.suffix.as_deref(),
            regex: config.regex.as_deref(),
            present: config.present,
        };
        Ok(Self {
            path,
            value: kinds.try_into()?,
        })
    }

    /// The attribute to read.
    pub fn path(&self) -> &AttributePath {
        &self.path
    }

    /// Whether the attribute, or its absence, matches.
    pub fn matches(&self, attribute: &Attribute) -> bool {
        match attribute {
            Attribute::Absent => self.value.matches(None),
            Attribute::Text(text) => self.value.matches(Some(text)),
            Attribute::Other => false,
        }
    }
}

fn kinds_of(config: &FieldConfig) -> Kinds<'_> {
    Kinds {
        exact: config.exact.as_deref(),
        prefix: config.prefix.as_deref(),
        suffix: config.suffix.as_deref(),
        regex: config.regex.as_deref(),
        present: config.present,
    }
}

/// A field name of [RFC 9110 section 5.1](https://www.rfc-editor.org/rfc/rfc9110#section-5.1),
/// in lower case.
pub(crate) fn header_name(name: &str) -> Result<Box<str>, InvalidConfig> {
    if !is_token(name) {
        return Err(InvalidConfig::new(format!("{name:?} is not a header name")));
    }
    Ok(name.to_ascii_lowercase().into())
}

/// A token of [RFC 9110 section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        HeaderMap::decode(HeaderMap::encode(lines))
    }

    fn cookie(json: &str) -> CookieMatch {
        CookieMatch::compile(&crate::json::read(json)).unwrap()
    }

    #[test]
    fn header_names_are_compared_without_case_and_lines_joined() {
        let entry = crate::json::read(r#"{"name":"X-Role","exact":"a,b"}"#);
        let entry = HeaderMatch::compile(&entry).unwrap();
        assert!(entry.matches(&headers(&[("x-role", "a"), ("x-role", "b")])));
        assert!(!entry.matches(&headers(&[("x-role", "a")])));
    }

    #[test]
    fn names_that_can_never_match_are_refused() {
        for name in ["", ":path", "a b", "Host", "\u{e9}"] {
            let entry = format!(r#"{{"name":{name:?},"present":true}}"#);
            let error = HeaderMatch::compile(&crate::json::read(&entry)).unwrap_err();
            assert!(error.to_string().starts_with("name: "), "{error}");
        }
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name_on_any_line() {
        let lines = headers(&[("cookie", "a=1;ab=2"), ("cookie", " c = 3; d=\"4\"; e")]);
        assert!(cookie(r#"{"name":"a","exact":"1"}"#).matches(&lines));
        assert!(cookie(r#"{"name":"ab","exact":"2"}"#).matches(&lines));
        assert!(cookie(r#"{"name":"d","exact":"\"4\""}"#).matches(&lines));
        assert!(!cookie(r#"{"name":"b","present":true}"#).matches(&lines));
        assert!(!cookie(r#"{"name":"e","present":true}"#).matches(&lines));
        assert!(cookie(r#"{"name":"e","present":false}"#).matches(&lines));
        assert!(cookie(r#"{"name":"a","present":false}"#).matches(&headers(&[])));
        assert!(!cookie(r#"{"name":"a","present":false}"#).matches(&lines));
    }

    #[test]
    fn of_several_cookies_with_one_name_any_may_match() {
        let lines = headers(&[("cookie", "a=1; a=2")]);
        assert!(cookie(r#"{"name":"a","exact":"2"}"#).matches(&lines));
        assert!(!cookie(r#"{"name":"a","exact":"1; a=2"}"#).matches(&lines));
    }

    #[test]
    fn an_attribute_that_is_no_text_matches_nothing() {
        let compile = |json: &str| AttributeMatch::compile(&crate::json::read(json));
        let present = compile(r#"{"path":["a","b"],"present":true}"#).unwrap();
        let absent = compile(r#"{"path":["a","b"],"present":false}"#).unwrap();
        assert_eq!(present.path().as_bytes(), b"a\0b");
        assert!(present.matches(&Attribute::Text(b"".to_vec())));
        assert!(!present.matches(&Attribute::Other) && !absent.matches(&Attribute::Other));
        assert!(absent.matches(&Attribute::Absent));
        for path in [
            "[]",
            r#"[""]"#,
            r#"["metadata"]"#,
            r#"["xds","route_metadata","filter_metadata"]"#,
            r#"["a\u0000b"]"#,
        ] {
            assert!(compile(&format!(r#"{{"path":{path},"present":true}}"#)).is_err());
        }
    }
}
