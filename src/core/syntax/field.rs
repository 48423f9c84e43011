//! Names of fields and cookies.

use crate::syntax::invalid::{Compiled, InvalidConfig};

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
pub(crate) fn header_name(name: &str) -> Compiled<Box<str>> {
    let name = token(name, "a header name")?;
    Ok(name.to_ascii_lowercase().into())
}

/// A text that is `expected` to be a token of [RFC 9110 section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2),
/// such as "a cookie name".
pub(crate) fn token<'t>(text: &'t str, expected: &str) -> Compiled<&'t str> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if text.is_empty() || !text.bytes().all(is_allowed) {
        return Err(InvalidConfig::is_not(text, expected));
    }
    Ok(text)
}
