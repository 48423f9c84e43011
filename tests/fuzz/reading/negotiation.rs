//! Which kind of body a client gets.

use super::case::Request;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Html,
    Json,
    Text,
}

use Kind::{Html, Json, Text};

impl Kind {
    pub const ALL: [Self; 3] = [Html, Json, Text];

    pub fn key(self) -> &'static str {
        match self {
            Html => "html",
            Json => "json",
            Text => "text",
        }
    }

    fn is_named_by(self, range: &str) -> bool {
        match self {
            Html => range == "text/html" || range == "application/xhtml+xml",
            Json => is_json(range),
            Text => range == "text/plain",
        }
    }

    fn family(self) -> &'static str {
        match self {
            Json => "application/*",
            Html | Text => "text/*",
        }
    }
}

fn is_json(media_type: &str) -> bool {
    let subtype = media_type.strip_prefix("application/");
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

/// The type without its parameters.
pub fn essence(value: &str) -> String {
    let essence = value.split(';').next().unwrap();
    essence.trim().to_ascii_lowercase()
}

/// The ranges of `Accept`, each with its weight in thousandths.
fn ranges(accept: &str) -> Vec<(String, u32)> {
    let elements = accept
        .split(',')
        .filter(|element| !element.trim().is_empty());
    elements
        .map(|element| {
            let parameters = element.split(';').skip(1).map(str::trim);
            let mut weights = parameters.filter_map(|parameter| {
                let weight = parameter
                    .strip_prefix("q=")
                    .or(parameter.strip_prefix("Q="));
                Some((weight?.parse::<f64>().unwrap() * 1000.0).round() as u32)
            });
            (essence(element), weights.next().unwrap_or(1000))
        })
        .collect()
}

pub fn is_grpc(request: &Request) -> bool {
    let content_type = request.text("content-type");
    content_type == "application/grpc" || content_type.starts_with("application/grpc+")
}

/// What is said of a kind: its weight, whether by its name, and where it stands.
fn said(kind: Kind, ranges: &[(String, u32)]) -> Option<(u32, bool, usize)> {
    let by = |is_it: &dyn Fn(&str) -> bool, named: bool| {
        let all = ranges.iter().enumerate();
        let mut best: Option<(u32, bool, usize)> = None;
        for (at, (range, weight)) in all {
            if is_it(range) && best.is_none_or(|(best, ..)| *weight > best) {
                best = Some((*weight, named, at));
            }
        }
        best
    };
    by(&|range| kind.is_named_by(range), true)
        .or_else(|| by(&|range| range == kind.family(), false))
        .or_else(|| by(&|range| range == "*/*", false))
}

pub fn kind(request: &Request) -> Kind {
    let ranges = ranges(&request.text("accept"));
    let is_named = |(range, _): &(String, u32)| Kind::ALL.iter().any(|k| k.is_named_by(range));
    let excluded = |kind: Kind| matches!(said(kind, &ranges), Some((0, ..)));
    let mut best: Option<(Kind, (u32, bool, usize))> = None;
    for kind in Kind::ALL {
        let Some((weight, named, at)) = said(kind, &ranges).filter(|(weight, ..)| *weight > 0)
        else {
            continue;
        };
        let is_better = match best {
            None => true,
            Some((_, (other, other_named, other_at))) => {
                weight > other
                    || weight == other && named && !other_named
                    || weight == other && named == other_named && at < other_at
            }
        };
        if is_better {
            best = Some((kind, (weight, named, at)));
        }
    }
    match best {
        Some((kind, _)) if ranges.iter().any(is_named) => kind,
        _ => {
            let wish = unnamed(request);
            let mut free = [wish, Html, Json, Text]
                .into_iter()
                .filter(|kind| !excluded(*kind));
            free.next().unwrap_or(wish)
        }
    }
}

/// What a client gets that names none of the three.
fn unnamed(request: &Request) -> Kind {
    let is_script = request.text("x-requested-with") == "XMLHttpRequest";
    if is_script || is_json(&essence(&request.text("content-type"))) {
        return Json;
    }
    let is_page = match request.header("sec-fetch-dest") {
        Some(destination) => destination == b"document" || destination == b"iframe",
        None => request.text("user-agent").contains("Mozilla"),
    };
    if is_page { Html } else { Json }
}
