//! Which language a client reads, [RFC 9110 section 12.5.4](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4).

use crate::policy::response::languages::{Language, english, look_up_built_in};
use crate::policy::response::response::Response;
use crate::reply::weighted::{split, weighted};
use crate::request::headers::Headers;
use crate::syntax::path::MAX_COMPARED_BYTES;

/// The language of a reply: what the range with the highest quality leads to, of equal ones the
/// first that leads to any; else English.
pub(crate) fn language<'a>(response: &'a Response, headers: &impl Headers) -> Language<'a> {
    let languages = &response.languages;
    let best = response
        .is_multilingual
        .then(|| best(headers, |range| languages.look_up(range)));
    best.flatten().unwrap_or_else(|| languages.english())
}

/// The tag of the language, of those that are built in.
pub(crate) fn built_in(headers: &impl Headers) -> &'static str {
    let words = best(headers, look_up_built_in);
    words.unwrap_or(english()).language
}

/// What the range with the highest quality leads to.
fn best<T>(headers: &impl Headers, look_up: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    let ranges = headers.get("accept-language");
    let ranges = ranges.filter(|ranges| ranges.len() <= MAX_COMPARED_BYTES);
    let mut best = (0, None);
    for range in split(&ranges.unwrap_or_default(), b',') {
        if let Some((range, quality)) = weighted(range)
            && quality > best.0
            && let Some(found) = look_up(range)
        {
            best = (quality, Some(found));
        }
    }
    best.1
}
