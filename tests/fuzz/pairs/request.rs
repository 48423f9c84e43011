//! Requests, of few words that meet those of the configurations.

use serde_json::Value;

use super::{
    configuration::{ATTRIBUTES, BASE, NAMES, moment},
    reading::case::{Fault, Given, Request, Token},
    run::cookie,
    source::Source,
};

pub fn tokens(source: &mut Source) -> Vec<Token> {
    let token = |_| Token {
        issued: BASE + source.pick(&[-7200, -3601, -1800]) * 1000 + 500,
        seconds: source.pick(&[60, 1800, 3600, 3601, 43_200, 43_201]),
        fault: source.pick(&[Fault::None, Fault::None, Fault::OtherKey, Fault::Tampered]),
    };
    (0..2).map(token).collect()
}

const SEGMENTS: [&str; 40] = [
    "a",
    "a",
    "a",
    "b",
    "b",
    "pay",
    "pay",
    "beta",
    "beta",
    "static",
    "staticx",
    "healthz",
    "v1",
    "v2",
    "x.css",
    "a:b",
    "a%3Ab",
    "caf%C3%A9",
    "caf%c3%a9",
    "a%20b",
    "12",
    "A",
    "maintenance-mode",
    "public",
    "on",
    "",
    ".",
    "..",
    "..",
    "..",
    "%2e%2e",
    "%61",
    "a%2fb",
    "a;x=1",
    "..;y",
    "a\\b",
    "%5c..",
    "%252e%252e",
    "a%00",
    "%zz",
];
const PATHS: [&str; 12] = [
    "/",
    "/healthz",
    "/a",
    "/a",
    "/a/",
    "/a/b",
    "/a/on",
    "/static/x.css",
    "/pay",
    "/beta/b",
    "/maintenance-mode",
    "*",
];

fn path(source: &mut Source) -> Vec<u8> {
    let mut path = match source.below(10) {
        0..=4 => source.pick(&PATHS).as_bytes().to_vec(),
        5 if source.one_in(3) => match source.below(4) {
            0 => Vec::new(),
            1 => "/a/caf\u{e9}".into(),
            2 => b"/a\xff".to_vec(),
            _ => {
                // The longest that counts, and one more.
                let length = 8190 + source.below(2);
                [b"/a", "b".repeat(length).as_bytes()].concat()
            }
        },
        kind => {
            // Half of them without what is odd.
            let odd = if kind < 8 { 25 } else { SEGMENTS.len() };
            (0..=source.below(4)).fold(String::new(), |path, _| {
                path + "/" + SEGMENTS[source.below(odd)]
            })
        }
        .into_bytes(),
    };
    if source.one_in(5) && path.len() < 1000 {
        path.extend(source.pick(&["?", "?x=/../pay", "?a/b"]).bytes());
    }
    path
}

const ADDRESSES: [&str; 14] = [
    "10.0.0.1",
    "10.255.255.255",
    "11.0.0.0",
    "192.0.2.1",
    "192.0.2.2",
    "::ffff:10.0.0.1",
    "::ffff:192.0.2.1",
    "2001:db8::1",
    "2001:db8:0:1::",
    "2001:db9::",
    "fe80::1%eth0",
    "203.0.113.127",
    "203.0.113.128",
    "::1",
];

fn peer(source: &mut Source) -> Option<String> {
    let address = source.pick(&ADDRESSES);
    let port = source.pick(&["4711", "4711", "4711", "1", "0"]);
    match source.below(24) {
        0 => None,
        1 => Some("/run/envoy.sock".to_owned()),
        _ if address.contains(':') => Some(format!("[{address}]:{port}")),
        _ => Some(format!("{address}:{port}")),
    }
}

/// An address as proxies write it.
fn hop(source: &mut Source) -> String {
    let address = source.pick(&ADDRESSES);
    let is_v6 = address.contains(':');
    let text = match source.below(12) {
        0 | 1 if is_v6 => format!("[{address}]:443"),
        2 if is_v6 => format!("[{address}]"),
        3 if is_v6 => format!("[{address}"),
        0..=2 => format!("{address}:65535"),
        3 => source
            .pick(&["unknown", "", "10.0.0", "10.0.0.1:x", "_hidden"])
            .to_owned(),
        _ => address.to_owned(),
    };
    match source.below(5) {
        0 => format!(" {text}"),
        1 => format!("{text} "),
        _ => text,
    }
}

const HOSTS: [&str; 17] = [
    "shop.example.com",
    "shop.example.com",
    "Shop.Example.com:8080",
    "shop.example.com.",
    "example.com",
    "example.com:443",
    "a.shop.example.com",
    "status.example.com",
    "myexample.com",
    "localhost:80",
    "[2001:db8::1]:443",
    "shop.example.com:abc",
    "user@shop.example.com",
    "shop.example.com..",
    "shop.example.com:80:80",
    "user:word@example.com:443",
    ".example.com",
];

const RANGES: [&str; 12] = [
    "text/html",
    "application/xhtml+xml",
    "application/json",
    "application/problem+json",
    "text/plain",
    "text/*",
    "application/*",
    "*/*",
    "*/*",
    "image/webp",
    "application/xml",
    "Text/HTML; level=1",
];

fn accept(source: &mut Source) -> String {
    let weights = [
        "", "", "", ";q=0", ";q=0.5", "; q=0.9", ";q=1.0", ";q=0.001",
    ];
    let ranges = (0..=source.below(4)).map(|_| {
        let range = source.pick(&RANGES);
        format!("{range}{}", source.pick(&weights))
    });
    ranges.collect::<Vec<_>>().join(source.pick(&[",", ", "]))
}

const LANGUAGES: [&str; 16] = [
    "de",
    "de-CH",
    "DE-de-1996",
    "en",
    "en-GB",
    "fr",
    "fr-CA",
    "sv-SE",
    "pt",
    "pt-br",
    "zh-Hant-TW",
    "ja-x-private",
    "ar",
    "*",
    "xx-de",
    "",
];

fn accept_language(source: &mut Source) -> String {
    let weights = ["", "", ";q=0", ";q=0.5", ";q=0.9", ";q=1.0", ";q=0.001"];
    let ranges = (0..=source.below(4)).map(|_| {
        let range = source.pick(&LANGUAGES);
        format!("{range}{}", source.pick(&weights))
    });
    ranges.collect::<Vec<_>>().join(source.pick(&[",", ", "]))
}

const ORIGINS: [&str; 11] = [
    "https://app.example.com",
    "https://app.example.com",
    "https://shop.example.com",
    "https://a.b.example.com",
    "https://example.com",
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com.evil.test",
    "https://evilexample.com",
    "http://localhost:8080",
    "null",
];

const CONTENT_TYPES: [&str; 7] = [
    "application/grpc",
    "application/grpc+proto",
    "application/grpc-web",
    "application/json",
    "application/vnd.api+json; charset=utf-8",
    "text/html",
    "application/x-www-form-urlencoded",
];

fn value(source: &mut Source) -> Vec<u8> {
    match source.below(14) {
        0 => b"b,b".to_vec(),
        1 => source.pick(&[&b"\xff"[..], b"\xc3\xa9\xff"]).to_vec(),
        2 => "s".repeat(8192 + source.below(2)).into_bytes(),
        3 => b"true".to_vec(),
        _ => source
            .pick(&["b", "b", "staff", "12", "s", "stef", "K", "\u{e9}k"])
            .into(),
    }
}

fn given(source: &mut Source) -> Given {
    match source.below(8) {
        0 => Given::Absent,
        1 => Given::Other,
        _ => Given::Text(value(source)),
    }
}

fn route_action(source: &mut Source) -> Given {
    let words = [
        "allow", "block", "on", "follow", "true", "false", "bock", "",
    ];
    match source.below(12) {
        0 | 1 => Given::Absent,
        2 => Given::Other,
        _ => Given::Text(source.pick(&words).into()),
    }
}

pub fn request(source: &mut Source, configuration: &Value, tokens: usize) -> Request {
    let mut lines: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, value: Vec<u8>| lines.push((name.to_owned(), value));
    let methods = [
        "GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "OPTIONS", "get",
    ];
    let method = source.pick(&methods);
    add(":method", method.into());
    add(":path", path(source));
    add(":authority", source.pick(&HOSTS).into());
    add(":scheme", source.pick(&["http", "https"]).into());
    if source.one_in(2) {
        for _ in 0..=source.below(2) {
            add("accept", accept(source).into_bytes());
        }
    }
    if source.one_in(2) {
        for _ in 0..=source.below(2) {
            add("accept-language", accept_language(source).into_bytes());
        }
    }
    let is_cross = method == "OPTIONS" && !source.one_in(4);
    if is_cross || source.one_in(4) {
        add("origin", source.pick(&ORIGINS).into());
        if is_cross || source.one_in(8) {
            add("access-control-request-method", b"PUT".to_vec());
            if source.one_in(2) {
                add("access-control-request-headers", b"x-a, X-B".to_vec());
            }
        }
    }
    if source.one_in(3) {
        add("content-type", source.pick(&CONTENT_TYPES).into());
    }
    if source.one_in(6) {
        let by = source.pick(&["XMLHttpRequest", "com.example.app"]);
        add("x-requested-with", by.into());
    }
    if source.one_in(4) {
        let to = source.pick(&["document", "iframe", "empty", "image"]);
        add("sec-fetch-dest", to.into());
    }
    if source.one_in(2) {
        let agent = source.pick(&["Mozilla/5.0 (X11)", "curl/8.0", "mozilla"]);
        add("user-agent", agent.into());
    }
    if source.one_in(2) {
        for _ in 0..=source.below(2) {
            let hops: Vec<String> = (0..=source.below(3)).map(|_| hop(source)).collect();
            add("x-forwarded-for", hops.join(",").into_bytes());
        }
    }
    if source.one_in(3) {
        add("cf-connecting-ip", hop(source).into_bytes());
    }
    if source.one_in(3) {
        add("x-request-id", b"<7\"&>".to_vec());
    }
    if source.one_in(5) {
        add("x-maintenance", b"on; observed".to_vec());
    }
    for _ in 0..source.below(3) {
        add(source.pick(&NAMES), value(source));
    }
    let is_bypass = !configuration["bypass"].is_null();
    if is_bypass && source.one_in(2) || source.one_in(10) {
        let token = format!("{{token {}}}", source.below(tokens + 1));
        let text = source.pick(&[token.as_str(), token.as_str(), "x.y"]);
        add("x-maintenance-bypass", text.into());
    }
    for _ in 0..source.below(3) {
        let mut cookies = Vec::new();
        for _ in 0..=source.below(2) {
            if source.one_in(3) {
                cookies.push(cookie(configuration, source.below(tokens + 1)).into_bytes());
            } else {
                let name = source.pick(&NAMES);
                cookies.push([name.as_bytes(), b"=", &value(source)].concat());
            }
        }
        add("cookie", cookies.join(&b"; "[..]));
    }
    // A request that changes the state would change what the next ones get.
    let known = source.one_in(2) && method != "POST";
    if known || source.one_in(4) {
        let token = super::reading::endpoint::TOKEN;
        let token = if known { token } else { "another token" };
        add("authorization", format!("Bearer {token}").into_bytes());
    }
    let mut at = moment(source);
    if source.one_in(4) {
        at += source.pick(&[1, 499, 999]);
    }
    let attributes = ATTRIBUTES.map(|path| (path.to_owned(), given(source)));
    Request {
        at,
        source: peer(source),
        lines,
        attributes: attributes.to_vec(),
        route_action: route_action(source),
    }
}
