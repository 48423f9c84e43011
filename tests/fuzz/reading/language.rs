//! Which language a reply speaks.

use serde_json::Value;

use super::case::Request;

pub const BUILT_IN: [&str; 13] = [
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "uk", "ja", "zh", "ko", "ar",
];

/// What a reply is in.
#[derive(Clone, Debug)]
pub struct Language {
    /// As it is written where it is defined.
    pub tag: String,
    /// What the configuration has in it.
    pub own: Value,
}

impl Language {
    pub fn is_english(&self) -> bool {
        self.tag.to_lowercase() == "en"
    }

    pub fn key(&self, key: &str) -> Option<String> {
        self.own[key].as_str().map(str::to_owned)
    }
}

/// The language of a tag, which may be one of the configuration or one that is built in.
fn named(tag: &str, languages: &Value) -> Option<Language> {
    let configured = languages.as_object().into_iter().flatten();
    for (other, own) in configured {
        if other.to_lowercase() == tag {
            let (tag, own) = (other.clone(), own.clone());
            return Some(Language { tag, own });
        }
    }
    BUILT_IN.contains(&tag).then(|| Language {
        tag: tag.to_owned(),
        own: Value::Null,
    })
}

/// RFC 4647, section 3.4.
fn looked_up(range: &str, languages: &Value) -> Option<Language> {
    let mut subtags: Vec<&str> = range.split('-').collect();
    while !subtags.is_empty() {
        if let Some(language) = named(&subtags.join("-"), languages) {
            return Some(language);
        }
        subtags.pop();
        while subtags.last().is_some_and(|subtag| subtag.len() == 1) {
            subtags.pop();
        }
    }
    None
}

pub fn of(request: &Request, languages: &Value) -> Language {
    let ranges = request.text("accept-language").to_lowercase();
    let mut ranges: Vec<(u32, &str)> = ranges
        .split(',')
        .map(|range| {
            let (range, weight) = range.split_once(";q=").unwrap_or((range, "1"));
            let weight: f64 = weight.trim().parse().unwrap();
            ((weight * 1000.0).round() as u32, range.trim())
        })
        .filter(|(weight, _)| *weight > 0)
        .collect();
    ranges.sort_by_key(|(weight, _)| u32::MAX - weight);
    let mut spoken = ranges
        .iter()
        .filter_map(|(_, range)| looked_up(range, languages));
    let english = || named("en", languages).unwrap();
    spoken.next().unwrap_or_else(english)
}
