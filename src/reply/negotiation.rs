//! Which representation a client wants, [RFC 9110 section 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1).

use std::cmp::Reverse;

use mediatype::{MediaType, MediaTypeList, ReadParams};

use crate::header_map::HeaderMap;

/// A representation of the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Representation {
    Html,
    Json,
    Text,
}

use Representation::{Html, Json, Text};

/// The representation with the highest quality. A type that is named beats a wildcard of
/// equal quality, and ties go by order. Where none is named, browsers get HTML and all
/// others JSON. There is always a reply: never a 406.
pub(super) fn negotiate(headers: &HeaderMap) -> Representation {
    let accept = headers.get("accept").unwrap_or_default();
    let accept = String::from_utf8_lossy(&accept);
    let ranges: Vec<Range> = MediaTypeList::new(&accept)
        .filter_map(|range| Range::new(&range.ok()?))
        .collect();

    let wishes = [Html, Json, Text].map(|kind| Wish::new(kind, &ranges));
    let best = wishes
        .iter()
        .filter(|wish| wish.quality > 0)
        .min_by_key(|wish| (Reverse(wish.quality), !wish.named, wish.position));
    match best {
        Some(best) if wishes.iter().any(|wish| wish.named && wish.quality > 0) => best.kind,
        _ => {
            let preferred = if is_browser(headers) {
                [Html, Json, Text]
            } else {
                [Json, Html, Text]
            };
            let excluded = |kind| wishes.iter().any(|wish| wish.kind == kind && wish.excluded);
            let [first, ..] = preferred;
            preferred
                .into_iter()
                .find(|&kind| !excluded(kind))
                .unwrap_or(first)
        }
    }
}

/// A navigation, or a client that does not say but calls itself a browser.
fn is_browser(headers: &HeaderMap) -> bool {
    match headers.first("sec-fetch-dest") {
        Some(destination) => matches!(destination, b"document" | b"iframe"),
        None => headers
            .first("user-agent")
            .is_some_and(|agent| agent.windows(7).any(|word| word == b"Mozilla")),
    }
}

/// An entry of `Accept`.
struct Range {
    covers: Covers,
    /// In thousandths.
    quality: u16,
}

/// What an entry of `Accept` speaks of.
#[derive(PartialEq, Eq)]
enum Covers {
    Named(Representation),
    /// `text/*`
    AnyText,
    /// `application/*`
    AnyApplication,
    /// `*/*`
    Anything,
}

impl Range {
    /// `None` for other types, and for an entry whose quality cannot be read.
    fn new(range: &MediaType) -> Option<Self> {
        let essence = range.essence().to_string().to_ascii_lowercase();
        let covers = match &*essence {
            "text/html" | "application/xhtml+xml" => Covers::Named(Html),
            "text/plain" => Covers::Named(Text),
            "application/json" => Covers::Named(Json),
            "text/*" => Covers::AnyText,
            "application/*" => Covers::AnyApplication,
            "*/*" => Covers::Anything,
            other if other.starts_with("application/") && other.ends_with("+json") => {
                Covers::Named(Json)
            }
            _ => return None,
        };
        let quality = range
            .params()
            .find(|(name, _)| *name == "q")
            .map_or(Some(1000), |(_, value)| parse_quality(value.as_str()))?;
        Some(Self { covers, quality })
    }
}

/// `0`, `1`, or one of them with up to three decimals, in thousandths.
fn parse_quality(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" if digits => Some(thousandths),
        "1" if digits && thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// How much a client wants a representation.
struct Wish {
    kind: Representation,
    quality: u16,
    /// By its own type, not by a wildcard.
    named: bool,
    /// By a quality of 0.
    excluded: bool,
    position: usize,
}

impl Wish {
    /// The most specific entries that cover the representation decide, and among them the
    /// one of the highest quality.
    fn new(kind: Representation, ranges: &[Range]) -> Self {
        let family = match kind {
            Html | Text => Covers::AnyText,
            Json => Covers::AnyApplication,
        };
        let found = [Covers::Named(kind), family, Covers::Anything]
            .into_iter()
            .find_map(|covers| {
                let entries = ranges.iter().enumerate();
                let (position, range) = entries
                    .filter(|(_, range)| range.covers == covers)
                    .min_by_key(|(_, range)| Reverse(range.quality))?;
                Some((position, range))
            });
        Self {
            kind,
            quality: found.map_or(0, |(_, range)| range.quality),
            named: found.is_some_and(|(_, range)| range.covers == Covers::Named(kind)),
            excluded: found.is_some_and(|(_, range)| range.quality == 0),
            position: found.map_or(usize::MAX, |(position, _)| position),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn negotiated(accept: &str, more: &[(&str, &str)]) -> Representation {
        let headers = [&[("accept", accept)], more].concat();
        negotiate(&HeaderMap::decode(HeaderMap::encode(&headers)))
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
            negotiate(&HeaderMap::decode(HeaderMap::encode(&headers)));
        }
    }
}
