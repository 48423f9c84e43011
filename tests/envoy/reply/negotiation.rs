//! Which representation a client gets.

use serde_json::json;
use support::Request;

use super::{HTML, JSON, PROBLEM, TEXT, VARY, accepting, content_type, envoy};

#[test]
fn the_best_accepted_type_wins() {
    let envoy = envoy(json!({}));
    for (accept, expected) in [
        ("text/html", HTML),
        ("application/xhtml+xml", HTML),
        ("application/json", PROBLEM),
        ("application/vnd.api+json", PROBLEM),
        ("application/problem+json", PROBLEM),
        ("text/plain", TEXT),
        ("TEXT/HTML", HTML),
        ("image/png, text/plain;q=0.1", TEXT),
        // The highest q.
        ("text/html;q=0.5, application/json;q=0.6", PROBLEM),
        ("text/html;q=0.501, application/json;q=0.5", HTML),
        ("text/html;q=0.001, text/plain;q=0.002", TEXT),
        ("application/json;Q=0.2, text/html;Q=0.3", HTML),
        ("text/html;charset=utf-8;q=0.2, text/plain;q=0.3", TEXT),
        ("text/html;q=1.000, application/json;q=0.999", HTML),
        ("application/json ; q=0.2 , text/html ; q=0.3", HTML),
        (", text/html;q=0.2,, text/plain;q=0.3,", TEXT),
        ("no type, /, text/plain", TEXT),
        (
            "text/html;a=\"b, text/plain\";q=0.4, application/json;q=0.3",
            HTML,
        ),
        (
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            HTML,
        ),
        // Wildcards.
        ("text/html;q=0.5, application/*;q=0.8", PROBLEM),
        (
            "text/html;q=0.1, text/*;q=0.9, application/json;q=0.5",
            TEXT,
        ),
        ("*/*, text/plain", TEXT),
        ("*/*;q=0.8, text/html;q=0.8", HTML),
        ("text/*, application/json", PROBLEM),
        ("application/json;q=0.2, text/html;q=0.1, */*;q=0.9", TEXT),
        // Ties go by order.
        ("application/json, text/html, text/plain", PROBLEM),
        ("text/html, application/json", HTML),
        ("text/plain;q=0.5, text/html;q=0.5", TEXT),
        // q=0 excludes.
        ("text/html;q=0, application/json;q=0.001", PROBLEM),
        ("text/html, application/json;q=0", HTML),
        ("text/html;q=0.0, application/json;q=0.000, */*", TEXT),
        ("application/json;q=0", HTML),
        ("text/html;q=0, text/*", TEXT),
        ("text/plain;q=0, application/*;q=0.8, text/*;q=0.1", PROBLEM),
        ("*/*;q=0.8, application/*;q=0.1, text/plain;q=0", HTML),
        ("*/*, application/*;q=0.1, text/html;q=0", TEXT),
    ] {
        let response = envoy.fetch(&accepting(accept));
        assert_eq!(content_type(&response), expected, "{accept}");
        assert_eq!(response.status, 503, "{accept}");
    }
    let lines = accepting("text/html;q=0.2").header("accept", "text/plain;q=0.3");
    assert_eq!(content_type(&envoy.fetch(&lines)), TEXT);
    let nothing = accepting("text/html;q=0, application/json;q=0, text/plain;q=0");
    assert_eq!(envoy.fetch(&nothing).status, 503, "never 406");
}

#[test]
fn where_accept_names_none_the_fetch_destination_and_then_the_user_agent_decide() {
    let envoy = envoy(json!({}));
    let mozilla = "Mozilla/5.0 (X11; Linux x86_64)";
    for (accept, destination, agent, expected) in [
        ("*/*", "document", "", HTML),
        ("*/*", "iframe", "", HTML),
        ("", "document", "", HTML),
        ("image/png", "document", "curl/8", HTML),
        ("*/*", "empty", mozilla, PROBLEM),
        ("*/*", "image", mozilla, PROBLEM),
        ("*/*", "", mozilla, HTML),
        ("", "", mozilla, HTML),
        ("text/*", "", mozilla, HTML),
        ("text/*;q=0.1, application/*", "", mozilla, HTML),
        ("*/*", "", "Robot (like Mozilla)", HTML),
        ("*/*", "", "curl/8", PROBLEM),
        ("*/*", "", "", PROBLEM),
        ("", "", "", PROBLEM),
        ("image/*", "", "", PROBLEM),
        ("text/html;q=0, */*", "document", mozilla, PROBLEM),
        ("application/json", "document", mozilla, PROBLEM),
        ("text/plain", "iframe", mozilla, TEXT),
        ("text/html", "empty", "curl/8", HTML),
    ] {
        let headers = [
            ("accept", accept),
            ("sec-fetch-dest", destination),
            ("user-agent", agent),
        ];
        let request = headers
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .fold(Request::get("/"), |request, (name, value)| {
                request.header(name, value)
            });
        let response = envoy.fetch(&request);
        assert_eq!(content_type(&response), expected, "{headers:?}");
        assert_eq!(response.header("vary"), Some(VARY));
    }
}

#[test]
fn where_accept_names_none_a_script_gets_json() {
    let envoy = envoy(json!({}));
    let browser = Request::get("/")
        .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")
        .header("sec-fetch-dest", "document");
    for (name, value, expected) in [
        ("x-requested-with", "XMLHttpRequest", PROBLEM),
        ("x-requested-with", "xmlHTTPrequest", PROBLEM),
        ("x-requested-with", "com.android.browser", HTML),
        ("content-type", "application/json", PROBLEM),
        ("content-type", "application/ld+json;charset=utf-8", PROBLEM),
        ("content-type", "application/x-www-form-urlencoded", HTML),
        ("content-type", "multipart/form-data; boundary=json", HTML),
    ] {
        for accept in ["*/*", "image/png", "text/*"] {
            let request = browser.clone().header(name, value).header("accept", accept);
            let response = envoy.fetch(&request);
            assert_eq!(content_type(&response), expected, "{name}: {value}");
        }
        let named = browser
            .clone()
            .header(name, value)
            .header("accept", "text/plain");
        assert_eq!(content_type(&envoy.fetch(&named)), TEXT, "{name}: {value}");
    }
}

#[test]
fn an_accept_of_more_than_8_kib_is_read_as_absent() {
    let envoy = envoy(json!({}));
    for (length, expected) in [(8192, TEXT), (8193, PROBLEM), (50_000, PROBLEM)] {
        let accept = format!("text/plain{}", ",a/b;q=0.1".repeat(6000));
        let response = envoy.fetch(&accepting(&accept[..length]));
        assert_eq!(content_type(&response), expected, "{length}");
    }
}

#[test]
fn of_a_fixed_format_only_the_language_is_negotiated() {
    for (format, expected) in [("html", HTML), ("json", PROBLEM), ("text", TEXT)] {
        let envoy = envoy(json!({"format": format}));
        for accept in [HTML, JSON, TEXT, "*/*"] {
            let response = envoy.fetch(&accepting(accept));
            assert_eq!(content_type(&response), expected, "{accept}");
            assert_eq!(response.header("vary"), Some("accept-language"));
        }
    }
}
