//! The entries of `methods`.

use crate::syntax::field::is_token;
use crate::syntax::invalid::{Compiled, refuse};

/// The methods of [RFC 9110 section 9](https://www.rfc-editor.org/rfc/rfc9110#section-9) and
/// RFC 5789. Methods have a case.
const STANDARD_METHODS: [&str; 9] = [
    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE",
];

/// What stands for all methods elsewhere.
const EVERY_METHOD: [&str; 3] = ["*", "ALL", "ANY"];

/// Compiles an entry of `methods`; refuses what no request has as its method.
pub(super) fn compile(method: &str) -> Compiled<Box<str>> {
    let is_meant = |word: &&&str| word.eq_ignore_ascii_case(method.trim());
    match STANDARD_METHODS.iter().find(is_meant) {
        Some(standard) if *standard != method => refuse(format!(
            "{method:?} is not how requests name their method: write {standard:?}"
        )),
        None if EVERY_METHOD.iter().any(|word| is_meant(&word)) => refuse(format!(
            "{method:?} is no method of a request: write each that is meant, such as \"GET\", or leave \
             `methods` out"
        )),
        None if !is_token(method) || method.contains('|') => refuse(format!(
            "{method:?} is not an HTTP method: write each of its own, such as \"GET\""
        )),
        _ => Ok(method.into()),
    }
}
