//! Cookies: which of them an entry of `cookies` finds, against a plain reading of RFC 6265.
//!
//! The first line is `name=value` of the one that is looked for, each other line a `cookie`.

use maintenance_mode_core::{
    config::matchers::FieldConfig,
    policy::{cookie_match::CookieMatch, reading::Reading},
    request::cookies::Cookies,
};

use super::{first_line, request::Request};

pub fn check(data: &[u8]) {
    let (wanted, rest) = first_line(data);
    let Some((name, value)) = std::str::from_utf8(wanted)
        .ok()
        .and_then(|w| w.split_once('='))
    else {
        return;
    };
    let field = |exact: Option<&str>, present| FieldConfig {
        name: name.to_owned(),
        exact: exact.map(str::to_owned),
        prefix: None,
        suffix: None,
        regex: None,
        present,
    };
    let compile = |field| CookieMatch::compile(&field, Reading::Canonical);
    let Ok(present) = compile(field(None, Some(true))) else {
        return;
    };
    let lines: Vec<(&str, &[u8])> = rest
        .split(|&byte| byte == b'\n')
        .map(|line| ("cookie", line))
        .collect();
    let headers = Request::new(&lines).headers;
    let cookies = Cookies::of(&headers, || data.len() as u64);
    let values = values_of(name, &lines);
    let shown = || String::from_utf8_lossy(data).into_owned();
    assert_eq!(present.matches(&cookies), !values.is_empty(), "{}", shown());
    let absent = compile(field(None, Some(false))).unwrap();
    assert_eq!(absent.matches(&cookies), values.is_empty(), "{}", shown());
    if let Ok(exact) = compile(field(Some(value), None)) {
        // Bytes that are no UTF-8 read as U+FFFD. Of one name the first hundred are compared.
        let compared = values.iter().take(100);
        let mut texts = compared.map(|value| String::from_utf8_lossy(value));
        let is_there = texts.any(|text| text == value);
        assert_eq!(exact.matches(&cookies), is_there, "{}", shown());
    }
}

/// The values of all cookies of a name.
fn values_of<'a>(name: &str, lines: &[(&str, &'a [u8])]) -> Vec<&'a [u8]> {
    let mut values = Vec::new();
    for (_, line) in lines {
        for pair in line.split(|&byte| byte == b';') {
            let pair = pair.trim_ascii();
            let Some(equals) = pair.iter().position(|&byte| byte == b'=') else {
                continue;
            };
            if pair[..equals] == *name.as_bytes() {
                values.push(&pair[equals + 1..]);
            }
        }
    }
    values
}
