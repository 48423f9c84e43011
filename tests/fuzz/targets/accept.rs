//! `Accept`: the negotiation against a plain reading of RFC 9110 section 12.5.1.
//!
//! The first line is `sec-fetch-dest`, the second `user-agent` (neither where it is empty),
//! each other line an `accept`.

use std::sync::LazyLock;

use maintenance_mode_core::{
    decision::{decide::decide, decision::Verdict},
    policy::{outlook::Outlook, policy::Policy},
    state::state::State,
};

use super::{
    first_line,
    request::{Request, policy},
};

static POLICY: LazyLock<Policy> = LazyLock::new(|| policy(r#"{"mode":"on"}"#));

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/problem+json";
const TEXT: &str = "text/plain; charset=utf-8";
const KINDS: [&str; 3] = [HTML, JSON, TEXT];

pub fn check(data: &[u8]) {
    let (destination, rest) = first_line(data);
    let (agent, accept) = first_line(rest);
    let mut headers = vec![(":method", &b"GET"[..]), (":path", b"/")];
    for (name, value) in [("sec-fetch-dest", destination), ("user-agent", agent)] {
        if !value.is_empty() {
            headers.push((name, value));
        }
    }
    let lines: Vec<&[u8]> = accept.split(|&byte| byte == b'\n').collect();
    headers.extend(lines.iter().map(|line| ("accept", *line)));
    let kind = reply_to(&headers);
    let accept = lines.join(&b',');
    let accept = if accept.len() > 8192 { &[] } else { &*accept };
    let Some(ranges) = parse(accept) else {
        return;
    };
    let shown = || String::from_utf8_lossy(data).into_owned();
    let is_browser = if destination.is_empty() {
        String::from_utf8_lossy(agent).contains("Mozilla")
    } else {
        destination == b"document" || destination == b"iframe"
    };
    assert_eq!(kind, expected(&ranges, is_browser), "{}", shown());
}

/// The content type of the reply, which is one of ours whatever the request says.
fn reply_to(headers: &[(&str, &[u8])]) -> &'static str {
    let request = Request::new(headers);
    let state = State::default();
    let Verdict::Blocked(reply) = decide(&POLICY, &state, &Outlook::default(), &request).verdict
    else {
        panic!("not blocked");
    };
    let header = |name: &str| {
        let mut values = reply.headers().filter(|(key, _)| *key == name);
        let value = values.next().map(|(_, value)| value.to_owned());
        assert!(values.next().is_none(), "{name} is there twice");
        value.unwrap_or_default()
    };
    assert!(header("vary").contains("accept"));
    let content_type = header("content-type");
    let kind = KINDS.into_iter().find(|kind| *kind == content_type);
    kind.unwrap_or_else(|| panic!("{content_type:?}"))
}

struct Range {
    kind: String,
    subtype: String,
    /// In thousandths.
    quality: u32,
}

/// The elements of a list that is as the grammar has it; `None` for any other, of which
/// RFC 9110 says nothing.
fn parse(list: &[u8]) -> Option<Vec<Range>> {
    let text = std::str::from_utf8(list)
        .ok()
        .filter(|text| text.is_ascii())?;
    let mut ranges = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(ranges);
        }
        let kind = token(&mut rest)?;
        rest = rest.strip_prefix('/')?;
        let subtype = token(&mut rest)?;
        if kind == "*" && subtype != "*" {
            return None;
        }
        let mut quality = None;
        loop {
            rest = rest.trim_start_matches([' ', '\t']);
            let Some(after) = rest.strip_prefix(';') else {
                break;
            };
            rest = after.trim_start_matches([' ', '\t']);
            if rest.starts_with([';', ',']) || rest.is_empty() {
                continue;
            }
            let name = token(&mut rest)?;
            rest = rest.strip_prefix('=')?;
            if name == "q" {
                let weight = token(&mut rest)?;
                if quality.replace(weight_of(&weight)?).is_some() {
                    return None;
                }
            } else if rest.starts_with('"') {
                quoted(&mut rest)?;
            } else {
                token(&mut rest)?;
            }
        }
        if !(rest.is_empty() || rest.starts_with(',')) {
            return None;
        }
        let quality = quality.unwrap_or(1000);
        ranges.push(Range {
            kind,
            subtype,
            quality,
        });
    }
}

/// In lower case.
fn token(rest: &mut &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let (token, tail) = rest.split_at(end);
    *rest = tail;
    (!token.is_empty()).then(|| token.to_ascii_lowercase())
}

fn quoted(rest: &mut &str) -> Option<()> {
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                *rest = &rest[at + 1..];
                return Some(());
            }
            '\\' => drop(characters.next()?),
            '\t' | ' '..='~' => {}
            _ => return None,
        }
    }
    None
}

/// `0.123` or `1.000`
fn weight_of(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_number = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths: u32 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" if is_number => Some(thousandths),
        "1" if is_number && thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// How closely a range names a kind: 3 itself, 2 its family, 1 anything.
fn precedence(range: &Range, kind: &str) -> u32 {
    let essence = format!("{}/{}", range.kind, range.subtype);
    let is_named = match kind {
        HTML => essence == "text/html" || essence == "application/xhtml+xml",
        JSON => {
            essence == "application/json"
                || essence.starts_with("application/") && essence.ends_with("+json")
        }
        _ => essence == "text/plain",
    };
    let family = if kind == JSON {
        "application/*"
    } else {
        "text/*"
    };
    match essence.as_str() {
        _ if is_named => 3,
        essence if essence == family => 2,
        "*/*" => 1,
        _ => 0,
    }
}

/// What the contract says: the highest quality; a type that is named beats a wildcard; the
/// one that comes first; and where none is named, even to exclude it, the browser's or the
/// program's.
fn expected(ranges: &[Range], is_browser: bool) -> &'static str {
    let mut wanted = Vec::new();
    let mut excluded = Vec::new();
    for (order, kind) in KINDS.into_iter().enumerate() {
        let speaking = ranges.iter().enumerate();
        let speaking = speaking.map(|(at, range)| (precedence(range, kind), range.quality, at));
        let closest = speaking.clone().map(|(closeness, ..)| closeness).max();
        let Some(closest) = closest.filter(|closest| *closest > 0) else {
            continue;
        };
        let speaking = speaking.filter(|(closeness, ..)| *closeness == closest);
        let quality = speaking
            .clone()
            .map(|(_, quality, _)| quality)
            .max()
            .unwrap();
        let mut first = speaking.filter(|(_, other, _)| *other == quality);
        let (_, _, at) = first.next().unwrap();
        if quality == 0 {
            excluded.push(kind);
        } else {
            // The best sorts last.
            wanted.push((
                quality,
                closest == 3,
                usize::MAX - at,
                usize::MAX - order,
                kind,
            ));
        }
    }
    wanted.sort_unstable();
    let is_named = |range| KINDS.iter().any(|kind| precedence(range, kind) == 3);
    match wanted.last() {
        Some((.., kind)) if ranges.iter().any(is_named) => kind,
        _ => {
            let order = if is_browser {
                [HTML, JSON, TEXT]
            } else {
                [JSON, HTML, TEXT]
            };
            let free = order.into_iter().find(|kind| !excluded.contains(kind));
            free.unwrap_or(order[0])
        }
    }
}
