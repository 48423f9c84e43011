//! What is said in which language, over HTTP.

use serde_json::json;
use support::{Envoy, Options, Request, Response, admin};

use super::{HTML, JSON, VARY, content_type, envoy};

fn asked(envoy: &Envoy, accept: &str, language: &str) -> Response {
    let request = Request::get("/").header("accept", accept);
    envoy.fetch(&request.header("accept-language", language))
}

#[test]
fn the_language_of_the_client_is_spoken_and_said() {
    let envoy = envoy(json!({}));
    for (ranges, spoken, said) in [
        ("de-CH, en;q=0.5", "de", "Wartungsarbeiten"),
        ("xx, ar;q=0.3", "ar", "الموقع قيد الصيانة"),
        ("xx", "en", "Down for maintenance"),
        ("ja;q=0, *", "en", "Down for maintenance"),
    ] {
        for accept in [HTML, JSON, "text/plain"] {
            let reply = asked(&envoy, accept, ranges);
            assert!(reply.is_blocked());
            assert_eq!(reply.header("content-language"), Some(spoken));
            assert_eq!(reply.header("vary"), Some(VARY));
            assert!(reply.text().contains(said), "{ranges}: {}", reply.text());
        }
    }
    let open = envoy.fetch(&Request::get("/open").header("accept-language", "de"));
    assert!(open.is_upstream());
    assert_eq!(open.header("content-language"), None);
}

#[test]
fn bytes_that_are_no_language_get_english() {
    let envoy = envoy(json!({}));
    let long = "de-".repeat(20_000);
    for ranges in ["\u{fc}", ";;;q=,,-", "de;q=2", &long] {
        let reply = asked(&envoy, HTML, ranges);
        assert!(reply.is_blocked());
        assert_eq!(reply.header("content-language"), Some("en"), "{ranges:.20}");
    }
}

#[test]
fn what_the_configuration_says_in_a_language_goes_before_and_a_toggle_before_that() {
    let envoy = Envoy::start(json!({
        "admin": admin(),
        "initial": "on",
        "response": {
            "message": "Soon",
            "languages": {"de": {"message": "Gleich"}, "sv": {"html": "<b>{{message}} strax"}},
        },
    }));
    let german = asked(&envoy, HTML, "de");
    assert!(
        german
            .text()
            .contains("<p dir=\"auto\" lang=\"de\">Gleich</p>")
    );
    let swedish = asked(&envoy, HTML, "sv-FI");
    assert_eq!(swedish.text(), "<b>Soon strax");
    assert_eq!(swedish.header("content-security-policy"), None);
    let french = asked(&envoy, HTML, "fr");
    assert!(french.text().contains("<p dir=\"auto\" lang=\"\">Soon</p>"));
    let problem = asked(&envoy, JSON, "de");
    assert_eq!(content_type(&problem), super::PROBLEM);
    assert_eq!(problem.json()["detail"], "Gleich");

    assert_eq!(envoy.admin("POST", "on?message=Now").status, 200);
    let toggled = asked(&envoy, HTML, "de");
    assert!(toggled.text().contains("<p dir=\"auto\" lang=\"\">Now</p>"));
}

#[test]
fn what_is_no_language_is_refused_with_its_path() {
    for (languages, error) in [
        (
            json!({"false": {}}),
            "response.languages.false: is no language",
        ),
        (
            json!({"de": {}, "DE": {}}),
            "response.languages.DE: is there twice",
        ),
        (
            json!({"de": {"mesage": "a"}}),
            "response.languages.de.mesage: unknown field",
        ),
        (
            json!({"de": {"html": "{{x}}"}}),
            "response.languages.de.html: unknown placeholder {{x}}",
        ),
    ] {
        let log = Envoy::refusal(Options::new(json!({"response": {"languages": languages}})));
        assert!(log.contains(error), "{error} is not in {log}");
    }
}
