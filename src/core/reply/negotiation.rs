//! Which representation a client wants, [RFC 9110 section 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1).

use std::cmp::Reverse;

use Representation::{Html, Json, Text};

use crate::request::headers::Headers;

/// A representation of the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Representation {
    Html,
    Json,
    Text,
}

/// The representation with the highest quality. A type that is named beats a wildcard of
/// equal quality, and ties go by order. Where none is named, browsers get HTML and all
/// others JSON. There is always a reply: never a 406.
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

fn preferences(headers: &impl Headers) -> [Preference; 3] {
    let accept = headers.get("accept").unwrap_or_default();
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
    let order = if is_browser(headers) {
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

/// A navigation, or a client that does not say but calls itself a browser.
fn is_browser(headers: &impl Headers) -> bool {
    match headers.first("sec-fetch-dest") {
        Some(destination) => matches!(destination, b"document" | b"iframe"),
        None => headers
            .first("user-agent")
            .is_some_and(|agent| agent.windows(7).any(|word| word == b"Mozilla")),
    }
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
        let mut parts = split(range, b';').map(<[u8]>::trim_ascii);
        let mut essence = parts.next()?.splitn(2, |&byte| byte == b'/');
        let (kind, subtype) = (essence.next()?, essence.next()?);
        let mut quality = 1000;
        for parameter in parts {
            if let [b'q' | b'Q', b'=', value @ ..] = parameter {
                quality = parse_quality(value)?;
            }
        }
        Some(Self {
            kind,
            subtype,
            quality,
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

/// A number from 0 to 1, in thousandths; more decimals are cut off.
fn parse_quality(text: &[u8]) -> Option<u16> {
    let (whole, decimals) = match text {
        [whole @ (b'0' | b'1')] => (whole, &[][..]),
        [whole @ (b'0' | b'1'), b'.', decimals @ ..] => (whole, decimals),
        _ => return None,
    };
    let mut quality = u16::from(whole - b'0') * 1000;
    let mut weight = 100;
    for digit in decimals {
        let digit = digit.checked_sub(b'0').filter(|&digit| digit <= 9)?;
        quality += u16::from(digit) * weight;
        weight /= 10;
    }
    (quality <= 1000).then_some(quality)
}

/// The parts between separators that stand outside quoted strings, RFC 9110 section 5.6.4.
fn split(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |&byte| {
        let separates = byte == separator && !quoted;
        quoted ^= byte == b'"' && !escaped;
        escaped = quoted && byte == b'\\' && !escaped;
        separates
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::request::headers::HeaderList;

    fn negotiated(accept: &str, more: &[(&str, &str)]) -> Representation {
        let headers = [&[("accept", accept)], more].concat();
        negotiate(&HeaderList::new(&headers))
    }

    #[test]
    fn the_highest_quality_wins() {
        for (accept, expected) in [
            ("text/html", Html),
            ("application/xhtml+xml", Html),
            ("application/json", Json),
            ("application/vnd.api+json", Json),
            ("application/problem+json", Json),
            ("application/*+json", Json),
            ("text/plain", Text),
            ("TEXT/HTML;Q=1", Html),
            ("text/html;q=0.5, application/json;q=0.6", Json),
            ("text/html;q=0.501, application/json;q=0.5", Html),
            (
                "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
                Html,
            ),
            ("text/html;level=1;q=0.3, text/plain;q=0.4", Text),
            ("text/html;q=0.5, */*;q=0.8", Json),
            ("text/plain;q=0.5, text/*;q=0.8", Html),
            ("text/html;q=0.2, application/json;q=0.3333", Json),
            ("text/html ; q=0.2 , application/json ; q=0.3", Json),
            (
                "text/plain;a=\", text/html\\\", text/html;\", application/json;q=0.9",
                Text,
            ),
        ] {
            assert_eq!(negotiated(accept, &[]), expected, "{accept}");
        }
    }

    #[test]
    fn a_named_type_beats_a_wildcard_and_ties_go_by_order() {
        for (accept, expected) in [
            ("*/*, text/plain", Text),
            ("*/*;q=0.8, text/html;q=0.8", Html),
            ("application/*, text/html", Html),
            ("application/json, text/html", Json),
            ("text/html, application/json", Html),
            ("text/plain, application/json, text/html", Text),
        ] {
            assert_eq!(negotiated(accept, &[]), expected, "{accept}");
        }
    }

    #[test]
    fn quality_zero_excludes() {
        for (accept, expected) in [
            ("text/html;q=0, */*", Json),
            ("application/json;q=0, */*", Html),
            ("application/json;q=0.000", Html),
            ("application/json;q=0, text/html;q=0", Text),
            ("application/json;q=0, text/html;q=0, text/plain;q=0", Json),
            ("*/*;q=0", Json),
            ("text/html;q=0, application/json;q=0.1", Json),
        ] {
            assert_eq!(negotiated(accept, &[]), expected, "{accept}");
        }
    }

    #[test]
    fn without_a_named_type_browsers_get_html_and_others_json() {
        let mozilla = ("user-agent", "Mozilla/5.0 (X11)");
        for accept in [
            "",
            "*/*",
            "image/png",
            "image/*;q=0.8",
            "text/*",
            "text/html;q=2",
            "junk,,;",
        ] {
            assert_eq!(negotiated(accept, &[]), Json, "{accept}");
            assert_eq!(
                negotiated(accept, &[("user-agent", "curl/8")]),
                Json,
                "{accept}"
            );
            assert_eq!(negotiated(accept, &[mozilla]), Html, "{accept}");
            for (destination, expected) in [
                ("document", Html),
                ("iframe", Html),
                ("empty", Json),
                ("image", Json),
            ] {
                let more = [mozilla, ("sec-fetch-dest", destination)];
                assert_eq!(
                    negotiated(accept, &more),
                    expected,
                    "{accept} {destination}"
                );
            }
        }
        assert_eq!(negotiated("text/html;q=0, */*", &[mozilla]), Json);
    }

    #[test]
    fn repeated_lines_are_one_list() {
        assert_eq!(negotiated("image/png", &[("accept", "text/plain")]), Text);
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(accept: Vec<u8>, agent: Vec<u8>) {
            let headers = [("accept", accept), ("user-agent", agent)];
            negotiate(&HeaderList::new(&headers));
        }
    }
}
