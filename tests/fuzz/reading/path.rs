//! Paths: which are canonical, what others may mean, and what an entry takes.

use serde_json::Value;

use super::{LONGEST, Stance, case::Request, regex};

/// Writes a path in another way.
type Step = fn(&[u8]) -> Vec<u8>;

/// `:path` without its query.
pub fn of(request: &Request) -> Vec<u8> {
    let path = request.header(":path").unwrap_or_default();
    path.split(|byte| *byte == b'?').next().unwrap().to_vec()
}

/// The value of an escape at the begin of a text.
fn escape(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}

pub fn is_canonical(path: &[u8]) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_odd = |at: usize| match escape(&path[at..]) {
        _ if path[at] != b'%' => false,
        None => true,
        Some(byte) => is_unreserved(byte) || b"/\\;%".contains(&byte) || byte.is_ascii_control(),
    };
    let mut segments = path.split(|byte| *byte == b'/').skip(1);
    let last = path.split(|byte| *byte == b'/').count().saturating_sub(2);
    path.first() == Some(&b'/')
        && path.len() <= LONGEST
        && path.iter().all(u8::is_ascii_graphic)
        && !path.iter().any(|byte| b"\\;".contains(byte))
        && !(0..path.len()).any(is_odd)
        && segments
            .clone()
            .take(last)
            .all(|segment| !segment.is_empty())
        && segments.all(|segment| segment != b"." && segment != b"..")
}

/// Each escape decoded once, but those of the bytes that are kept.
pub fn decoded(path: &[u8], kept: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut at = 0;
    while at < path.len() {
        match escape(&path[at..]) {
            Some(byte) if !kept.contains(&byte) => {
                plain.push(byte);
                at += 3;
            }
            _ => {
                plain.push(path[at]);
                at += 1;
            }
        }
    }
    plain
}

fn decoded_until_stable(path: &[u8], kept: &[u8]) -> Vec<u8> {
    let mut path = path.to_vec();
    loop {
        let next = decoded(&path, kept);
        if next == path {
            return path;
        }
        path = next;
    }
}

fn with_slashes(path: &[u8]) -> Vec<u8> {
    let slash = |byte: &u8| if *byte == b'\\' { b'/' } else { *byte };
    path.iter().map(slash).collect()
}

fn without_parameters(path: &[u8]) -> Vec<u8> {
    let segments: Vec<&[u8]> = path
        .split(|byte| *byte == b'/')
        .map(|segment| segment.split(|byte| *byte == b';').next().unwrap())
        .collect();
    segments.join(&b'/')
}

fn merged(path: &[u8]) -> Vec<u8> {
    let mut merged = path.to_vec();
    merged.dedup_by(|next, before| *next == b'/' && *before == b'/');
    merged
}

/// As RFC 3986 section 5.2.4 has it.
fn without_dots(path: &[u8]) -> Vec<u8> {
    if path.first() != Some(&b'/') {
        return path.to_vec();
    }
    let mut kept: Vec<&[u8]> = Vec::new();
    let segments: Vec<&[u8]> = path.split(|byte| *byte == b'/').skip(1).collect();
    for (at, segment) in segments.iter().enumerate() {
        match *segment {
            b"." => {}
            b".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
        if at + 1 == segments.len() && (*segment == b"." || *segment == b"..") {
            kept.push(b"");
        }
    }
    [b"/", kept.join(&b'/').as_slice()].concat()
}

pub fn normalised(path: &[u8]) -> Vec<u8> {
    let path = with_root(&with_slashes(&decoded_until_stable(path, b"")));
    without_dots(&merged(&without_parameters(&path)))
}

/// An absolute path, also where there is none.
fn with_root(path: &[u8]) -> Vec<u8> {
    let path = path.strip_prefix(b"/").unwrap_or(path);
    [b"/", path].concat()
}

/// What some server or other may make of a path.
fn readings(path: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![path.to_vec()];
    let steps: [Step; 9] = [
        with_root,
        |path| decoded(path, b""),
        |path| decoded(path, b"/\\"),
        |path| decoded_until_stable(path, b""),
        |path| decoded_until_stable(path, b"/\\"),
        with_slashes,
        without_parameters,
        merged,
        without_dots,
    ];
    let mut at = 0;
    while at < all.len() && all.len() < 500 {
        for step in steps {
            let next = step(&all[at]);
            if !all.contains(&next) {
                all.push(next);
            }
        }
        at += 1;
    }
    all
}

/// The hex digits of escapes in upper case; what cannot stand in a path escaped.
fn spelt(text: &[u8]) -> Vec<u8> {
    let mut spelt = Vec::new();
    let mut at = 0;
    while at < text.len() {
        match escape(&text[at..]) {
            Some(byte) => {
                spelt.extend(format!("%{byte:02X}").bytes());
                at += 3;
            }
            None => {
                match text[at] {
                    byte if byte == b' ' || !byte.is_ascii() => {
                        spelt.extend(format!("%{byte:02X}").bytes());
                    }
                    byte => spelt.push(byte),
                }
                at += 1;
            }
        }
    }
    spelt
}

/// Whether an entry takes a path; `form` is how both are spelt.
fn fits(entry: &Value, path: &[u8], form: Step) -> bool {
    let path = form(path);
    let is_under = |prefix: &str| {
        let mut prefix = form(prefix.trim_end_matches('/').as_bytes());
        let is_it = prefix == path;
        prefix.push(b'/');
        is_it || prefix == b"/" || path.starts_with(&prefix)
    };
    let text = |key: &str| entry[key].as_str();
    if let Some(entry) = entry.as_str() {
        return match entry.strip_suffix("/*") {
            Some(prefix) => is_under(prefix),
            None => form(entry.as_bytes()) == path,
        };
    }
    if let Some(exact) = text("exact") {
        form(exact.as_bytes()) == path
    } else if let Some(prefix) = text("prefix") {
        is_under(prefix)
    } else if let Some(suffix) = text("suffix") {
        path.ends_with(&form(suffix.as_bytes()))
    } else {
        regex::matches(text("regex").unwrap(), &String::from_utf8_lossy(&path))
    }
}

fn as_bytes_mean(text: &[u8]) -> Vec<u8> {
    decoded(text, b"")
}

fn as_it_is(text: &[u8]) -> Vec<u8> {
    text.to_vec()
}

/// Whether a canonical path is another one, or lies under it.
pub fn lies_under(prefix: &str, path: &[u8]) -> bool {
    is_canonical(path) && fits(&format!("{prefix}/*").into(), path, spelt)
}

/// Whether an entry of `paths` takes a path.
pub fn matches(entry: &Value, path: &[u8], stance: Stance) -> bool {
    if stance == Stance::Strict {
        return is_canonical(path) && fits(entry, path, spelt);
    }
    if path.len() > LONGEST || fits(entry, path, spelt) {
        return true;
    }
    let means = |reading: &[u8]| match entry["regex"].as_str() {
        Some(expression) => regex::matches(expression, &String::from_utf8_lossy(reading)),
        None => fits(entry, reading, as_bytes_mean) || fits(entry, reading, as_it_is),
    };
    match stance {
        Stance::Warier => readings(path).iter().any(|reading| means(reading)),
        _ => !is_canonical(path) && means(&normalised(path)),
    }
}
