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
    let name = token(name, "a header name", "x-role")?;
    Ok(name.to_ascii_lowercase().into())
}

/// The name of a cookie.
pub(crate) fn cookie_name(name: &str) -> Compiled<&str> {
    token(name, "a cookie name", "session")
}

/// A name that is `expected`, such as "a cookie name", with an example; refuses another, and says
/// what was meant by a name with a value or a colon behind it.
fn token<'t>(text: &'t str, expected: &str, example: &str) -> Compiled<&'t str> {
    if is_token(text) {
        return Ok(text);
    }
    let meant = text.split([':', '=', ';']).next().unwrap_or_default();
    let expected = match meant.trim() {
        meant if is_token(meant) => format!("{expected}: write {meant:?}"),
        _ => format!("{expected} like {example:?}"),
    };
    Err(InvalidConfig::is_not(text, &expected))
}

/// Whether a text is a token of [RFC 9110 section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_is_no_name_it_is_said_what_to_write() {
        for (name, problem) in [
            ("X-Role:", "is not a header name: write \"X-Role\""),
            (" x-role: staff", "is not a header name: write \"x-role\""),
            ("", "is not a header name like \"x-role\""),
            (":path", "is not a header name like \"x-role\""),
            ("x role", "is not a header name like \"x-role\""),
        ] {
            let error = header_name(name).unwrap_err().to_string();
            assert!(error.ends_with(problem), "{error}");
        }
        let error = cookie_name("a=1").unwrap_err().to_string();
        assert!(
            error.ends_with("is not a cookie name: write \"a\""),
            "{error}"
        );
    }
}
