//! Which language a client reads, [RFC 9110 section 12.5.4](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4).

use crate::policy::response::languages::Language;
use crate::policy::response::response::Response;
use crate::reply::weighted::{split, weighted};
use crate::request::headers::Headers;
use crate::syntax::path::MAX_COMPARED_BYTES;

/// The language of a reply: what the range with the highest quality leads to, of equal ones the
/// first that leads to any; else English.
pub(crate) fn language<'a>(response: &'a Response, headers: &impl Headers) -> Language<'a> {
    let languages = &response.languages;
    let ranges = headers.get("accept-language");
    let ranges =
        ranges.filter(|ranges| response.is_multilingual && ranges.len() <= MAX_COMPARED_BYTES);
    let ranges = ranges.unwrap_or_default();
    let mut best = (0, None);
    for range in split(&ranges, b',') {
        if let Some((range, quality)) = weighted(range)
            && quality > best.0
            && let Some(language) = languages.look_up(range)
        {
            best = (quality, Some(language));
        }
    }
    best.1.unwrap_or_else(|| languages.english())
}
