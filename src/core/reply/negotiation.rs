//! Which representation a client wants, [RFC 9110 section 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1).

use std::cmp::Reverse;

use Representation::{Html, Json, Text};

use crate::reply::weighted::{split, weighted};
use crate::request::headers::Headers;
use crate::syntax::path::MAX_COMPARED_BYTES;

/// A representation of the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Representation {
    Html,
    Json,
    Text,
}

/// The representation with the highest quality. A type that is named beats a wildcard of
/// equal quality, and ties go by order. Where none is named, scripts that say so get JSON,
/// browsers HTML and all others JSON. There is always a reply: never a 406.
pub(crate) fn negotiate(headers: &impl Headers) -> Representation {
    let preferences = preferences(headers);
    named(&preferences).unwrap_or_else(|| unnamed(headers, &preferences))
}

/// Whether a client asks for HTML by name, rather than for JSON or plain text.
pub(crate) fn prefers_html(headers: &impl Headers) -> bool {
    let preferences = preferences(headers);
    let [html, ..] = &preferences;
    html.is_named() && named(&preferences) == Some(Html)
}

/// By an `Accept` that is not too long to be read.
fn preferences(headers: &impl Headers) -> [Preference; 3] {
    let accept = headers.get("accept");
    let accept = accept.filter(|accept| accept.len() <= MAX_COMPARED_BYTES);
    let accept = accept.unwrap_or_default();
    let mut preferences = [Html, Json, Text].map(Preference::new);
    for (position, range) in split(&accept, b',').enumerate() {
        if let Some(range) = Range::parse(range) {
            for preference in &mut preferences {
                preference.consider(&range, position);
            }
        }
    }
    preferences
}

/// The best, where one of them is named, even as one that is not wanted.
fn named(preferences: &[Preference; 3]) -> Option<Representation> {
    let wanted = preferences.iter().filter(|wanted| wanted.quality > 0);
    wanted
        .min_by_key(|wanted| {
            let (quality, is_named) = (Reverse(wanted.quality), Reverse(wanted.is_named()));
            (quality, is_named, wanted.position)
        })
        .filter(|_| preferences.iter().any(Preference::is_named))
        .map(|best| best.kind)
}

/// What a client gets that names none of our types.
fn unnamed(headers: &impl Headers, preferences: &[Preference]) -> Representation {
    let order = if !wants_data(headers) && is_browser(headers) {
        [Html, Json, Text]
    } else {
        [Json, Html, Text]
    };
    let is_excluded = |kind| {
        let mut preferences = preferences.iter();
        preferences.any(|preference| preference.kind == kind && preference.is_excluded())
    };
    let acceptable = order.into_iter().find(|&kind| !is_excluded(kind));
    let [first, ..] = order;
    acceptable.unwrap_or(first)
}

/// A script that calls itself one, or sends JSON.
fn wants_data(headers: &impl Headers) -> bool {
    let is_script = |by: &[u8]| by.eq_ignore_ascii_case(b"XMLHttpRequest");
    let is_json = |content_type: &[u8]| {
        let range = split(content_type, b';').next().and_then(Range::whole);
        range.is_some_and(|range| range.specificity(Json) == Specificity::Named)
    };
    headers
        .get("x-requested-with")
        .is_some_and(|by| is_script(&by))
        || headers.first("content-type").is_some_and(is_json)
}

/// A navigation, or a client that does not say but calls itself a browser.
fn is_browser(headers: &impl Headers) -> bool {
    match headers.first("sec-fetch-dest") {
        Some(destination) => matches!(destination, b"document" | b"iframe"),
        None => headers.first("user-agent").is_some_and(has_mozilla),
    }
}

/// As fast as the text is long, however long it is.
fn has_mozilla(agent: &[u8]) -> bool {
    let mut after_m = agent.split(|&byte| byte == b'M').skip(1);
    after_m.any(|rest| rest.starts_with(b"ozilla"))
}

/// How much a client wants a representation, by the most specific entries that speak of it.
struct Preference {
    kind: Representation,
    specificity: Specificity,
    /// In thousandths.
    quality: u16,
    /// Of the entry that decides.
    position: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Specificity {
    Nothing,
    Anything,
    Family,
    Named,
}

impl Preference {
    fn new(kind: Representation) -> Self {
        Self {
            kind,
            specificity: Specificity::Nothing,
            quality: 0,
            position: 0,
        }
    }

    fn consider(&mut self, range: &Range, position: usize) {
        let specificity = range.specificity(self.kind);
        if (specificity, range.quality) > (self.specificity, self.quality)
            && specificity > Specificity::Nothing
        {
            self.specificity = specificity;
            self.quality = range.quality;
            self.position = position;
        }
    }

    fn is_named(&self) -> bool {
        self.specificity == Specificity::Named
    }

    fn is_excluded(&self) -> bool {
        self.specificity > Specificity::Nothing && self.quality == 0
    }
}

/// An entry of `Accept`.
struct Range<'a> {
    kind: &'a [u8],
    subtype: &'a [u8],
    /// In thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    /// `None` for what is no media range, or has a quality that cannot be read.
    fn parse(range: &'a [u8]) -> Option<Self> {
        let (range, quality) = weighted(range)?;
        let range = Self::whole(range)?;
        Some(Self { quality, ..range })
    }

    /// Without parameters.
    fn whole(range: &'a [u8]) -> Option<Self> {
        let mut essence = range.trim_ascii().splitn(2, |&byte| byte == b'/');
        Some(Self {
            kind: essence.next()?,
            subtype: essence.next()?,
            quality: 1000,
        })
    }

    fn specificity(&self, representation: Representation) -> Specificity {
        let (named, family) = match representation {
            Html => (
                self.is("text", "html") || self.is("application", "xhtml+xml"),
                "text",
            ),
            Json => (
                self.is("application", "json") || self.is_structured_json(),
                "application",
            ),
            Text => (self.is("text", "plain"), "text"),
        };
        if named {
            Specificity::Named
        } else if self.is(family, "*") {
            Specificity::Family
        } else if self.is("*", "*") {
            Specificity::Anything
        } else {
            Specificity::Nothing
        }
    }

    fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind.as_bytes())
            && self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
    }

    /// `application/*+json`, RFC 6839 section 3.1.
    fn is_structured_json(&self) -> bool {
        let suffix = self.subtype.last_chunk::<5>();
        self.kind.eq_ignore_ascii_case(b"application")
            && suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(b"+json"))
    }
}

#[cfg(test)]
mod tests;
