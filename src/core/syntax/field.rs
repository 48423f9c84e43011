//! Names of fields and cookies.

use crate::syntax::invalid::InvalidConfig;

/// The values of all cookies of a name, [RFC 6265 section 4.2.1](https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1).
pub(crate) fn cookie_values<'c>(cookies: &'c [u8], name: &str) -> impl Iterator<Item = &'c [u8]> {
    cookies.split(|&byte| byte == b';').filter_map(move |pair| {
        pair.trim_ascii()
            .strip_prefix(name.as_bytes())?
            .strip_prefix(b"=")
    })
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
