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
fn without_a_named_type_scripts_get_json() {
    let mozilla = ("user-agent", "Mozilla/5.0 (X11)");
    for (name, value, expected) in [
        ("x-requested-with", "XMLHttpRequest", Json),
        ("x-requested-with", "xmlhttprequest", Json),
        ("x-requested-with", "com.example.app", Html),
        ("x-requested-with", "", Html),
        ("content-type", "application/json", Json),
        ("content-type", "Application/JSON; charset=utf-8", Json),
        (
            "content-type",
            "application/vnd.api+json ; a=\"b;c\";q=2",
            Json,
        ),
        ("content-type", "application/jsonp", Html),
        ("content-type", "application/+jsonx", Html),
        ("content-type", "text/json", Html),
        ("content-type", "application/x-www-form-urlencoded", Html),
        ("content-type", "", Html),
    ] {
        for accept in ["", "*/*", "image/png, text/*"] {
            let browser = [mozilla, ("sec-fetch-dest", "document"), (name, value)];
            assert_eq!(negotiated(accept, &browser), expected, "{name}: {value}");
            assert_eq!(negotiated(accept, &browser[..1]), Html);
        }
        let named = [(name, value)];
        assert_eq!(negotiated("text/html", &named), Html);
        assert_eq!(negotiated("application/json;q=0", &named), Html);
    }
}

#[test]
fn an_accept_that_is_too_long_is_read_as_absent() {
    let accept = |length: usize| format!("{:length$}", "text/plain,");
    assert_eq!(negotiated(&accept(8192), &[]), Text);
    assert_eq!(negotiated(&accept(8193), &[]), Json);
    assert_eq!(
        negotiated(&accept(4096), &[("accept", &accept(4096))]),
        Json
    );
}

#[test]
fn mozilla_is_found_wherever_it_stands() {
    for (agent, expected) in [
        ("Mozilla", Html),
        ("MMozilla", Html),
        ("Mozill Mozilla", Html),
        ("mozilla", Json),
        ("Mozill", Json),
        ("ozilla", Json),
        ("", Json),
    ] {
        assert_eq!(
            negotiated("*/*", &[("user-agent", agent)]),
            expected,
            "{agent}"
        );
    }
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
