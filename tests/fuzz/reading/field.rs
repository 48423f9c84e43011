//! Values of headers, cookies and attributes.

use serde_json::Value;

use super::{
    LONGEST, Stance,
    case::{Given, Request},
    regex,
};

/// Whether an entry takes one of the values that there are.
fn takes(entry: &Value, values: &[Vec<u8>], stance: Stance) -> bool {
    if values.iter().any(|value| value.len() > LONGEST) {
        return stance.is_wary() || takes_one(entry, values, |value| value.len() <= LONGEST);
    }
    match entry["present"].as_bool() {
        Some(present) => present != values.is_empty(),
        None => takes_one(entry, values, |_| true),
    }
}

fn takes_one(entry: &Value, values: &[Vec<u8>], counts: fn(&[u8]) -> bool) -> bool {
    let text = |key: &str| entry[key].as_str();
    values.iter().filter(|value| counts(value)).any(|value| {
        let value = String::from_utf8_lossy(value);
        text("exact").is_some_and(|exact| value == exact)
            || text("prefix").is_some_and(|prefix| value.starts_with(prefix))
            || text("suffix").is_some_and(|suffix| value.ends_with(suffix))
            || text("regex").is_some_and(|expression| regex::matches(expression, &value))
            || entry["present"] == true
    })
}

/// How many cookies of one name are compared. More are in doubt.
const MOST_COOKIES: usize = 100;

fn name(entry: &Value) -> &str {
    entry["name"].as_str().unwrap()
}

pub fn header_matches(entry: &Value, request: &Request, stance: Stance) -> bool {
    let value = request.header(&name(entry).to_lowercase());
    takes(entry, value.as_slice(), stance)
}

pub fn cookie_matches(entry: &Value, request: &Request, stance: Stance) -> bool {
    let cookies = request.cookies().into_iter();
    let named = cookies.filter(|(other, _)| other == name(entry).as_bytes());
    let values: Vec<Vec<u8>> = named.map(|(_, value)| value).collect();
    let compared = &values[..values.len().min(MOST_COOKIES)];
    takes(entry, compared, stance) || (compared.len() < values.len() && stance.is_wary())
}

pub fn attribute_matches(entry: &Value, request: &Request, stance: Stance) -> bool {
    let segments = entry["path"].as_array().unwrap().iter();
    let path: Vec<&str> = segments.map(|segment| segment.as_str().unwrap()).collect();
    let path = path.join(".");
    let given = request.attributes.iter().find(|(other, _)| *other == path);
    match given.map_or(&Given::Absent, |(_, given)| given) {
        Given::Absent => takes(entry, &[], stance),
        Given::Text(value) => takes(entry, std::slice::from_ref(value), stance),
        Given::Other => false,
    }
}
