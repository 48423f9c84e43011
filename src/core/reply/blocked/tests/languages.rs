//! What is said in which language.

use super::*;
use crate::policy::words::languages::LANGUAGES;

const HTML: (&str, &str) = ("accept", "text/html");
const JSON: (&str, &str) = ("accept", "application/json");
const TEXT: (&str, &str) = ("accept", "text/plain");
const GRPC: (&str, &str) = ("content-type", "application/grpc");

fn german(json: &str, setting: Option<&str>, kind: (&str, &str)) -> LocalReply<'static> {
    reply(
        json,
        setting,
        &[kind, ("accept-language", "de-CH, fr;q=0.9")],
    )
}

#[test]
fn each_language_that_is_built_in_is_spoken_to_who_prefers_it() {
    for words in &LANGUAGES {
        let client = [HTML, ("accept-language", words.language)];
        let page = reply("{}", None, &client);
        let root = format!(
            "<html lang=\"{}\" dir=\"{}\">",
            words.language,
            words.direction.as_str()
        );
        for said in [&*root, words.title, words.message, words.expected_back] {
            assert!(page.body.contains(said), "{said} is not in {}", page.body);
        }
        assert_eq!(header(&page, "content-language"), Some(words.language));
        let text = reply("{}", None, &[TEXT, client[1]]);
        assert_eq!(text.body, format!("{}\n\n{}\n", words.title, words.message));
        assert_eq!(header(&text, "content-language"), Some(words.language));
        let json = reply("{}", None, &[JSON, client[1]]);
        let problem: serde_json::Value = serde_json::from_str(&json.body).unwrap();
        assert_eq!(problem["title"], words.title);
        assert_eq!(problem["detail"], words.message);
        assert_eq!(header(&json, "content-language"), Some(words.language));
        let grpc = reply("{}", None, &[GRPC, client[1]]);
        let message = crate::syntax::percent::encode_grpc_message(words.message);
        assert_eq!(header(&grpc, "grpc-message"), Some(&*message));
        assert_eq!(header(&grpc, "content-language"), None);
    }
}

#[test]
fn the_highest_quality_that_is_spoken_decides_and_english_where_none_is() {
    for (ranges, spoken) in [
        ("de", "de"),
        ("DE-at", "de"),
        ("fr;q=0.8, de;q=0.9", "de"),
        ("fr, de", "fr"),
        ("sv, de;q=0.1, en;q=0.05", "de"),
        ("sv-SE, *;q=0.5", "en"),
        ("*, ja;q=0.1", "ja"),
        ("de;q=0, *", "en"),
        ("de;q=1.5, it;q=0.2", "it"),
        ("zh-Hant-TW", "zh"),
        ("", "en"),
        ("d, -, dee--, ;q=1", "en"),
    ] {
        let reply = reply("{}", None, &[HTML, ("accept-language", ranges)]);
        assert_eq!(header(&reply, "content-language"), Some(spoken), "{ranges}");
    }
    let long = format!("de{}", ", xx".repeat(10_000));
    let reply = reply("{}", None, &[HTML, ("accept-language", &long)]);
    assert_eq!(header(&reply, "content-language"), Some("en"));
}

#[test]
fn what_somebody_words_for_all_is_marked_in_other_languages() {
    let config = r#"{"response":{"message":"Back at <noon>"}}"#;
    let toggle = Some(r#"{"maintenance":true,"message":"Kurz zu"}"#);
    for (setting, message) in [(None, "Back at &lt;noon&gt;"), (toggle, "Kurz zu")] {
        let page = german(config, setting, HTML);
        let marked = format!("<p dir=\"auto\" lang=\"\">{message}</p>");
        assert!(page.body.contains(&marked), "{}", page.body);
        let title = r#"<h1 dir="auto" lang="de">Wartungsarbeiten</h1>"#;
        assert!(page.body.contains(title), "{}", page.body);
        let english = reply(config, setting, &[HTML]);
        let unmarked = format!("<p dir=\"auto\" lang=\"en\">{message}</p>");
        assert!(english.body.contains(&unmarked), "{}", english.body);
    }
}

#[test]
fn what_a_configuration_says_in_a_language_goes_before_what_it_says_to_all() {
    let config = r#"{"response":{"title":"T","message":"M","html":"<p>{{title}} {{message}}","languages":{
        "de":{"message":"Gleich","html":"<b>{{title}} {{message}} {{status}}"},
        "sv":{"title":"Strax","text":"{{title}}!"},
        "EN":{"message":"Soon"}}}}"#;
    let asked = |range, kind| reply(config, None, &[kind, ("accept-language", range)]);
    for (range, kind, body, language) in [
        ("de", HTML, "<b>T Gleich 503", Some("de")),
        ("de", TEXT, "T\n\nGleich\n", Some("de")),
        ("sv", HTML, "<p>Strax M", Some("sv")),
        ("sv", TEXT, "Strax!", Some("sv")),
        ("en-US", HTML, "<p>T Soon", Some("EN")),
        ("fr", HTML, "<p>T M", None),
        ("fr", TEXT, "T\n\nM\n", None),
        ("xx", TEXT, "T\n\nSoon\n", Some("EN")),
    ] {
        let reply = asked(range, kind);
        assert_eq!(reply.body, body, "{range}");
        assert_eq!(
            header(&reply, "content-language"),
            language,
            "{range} {body}"
        );
        assert_eq!(header(&reply, "vary"), Some(NEGOTIATED));
    }
    let grpc = asked("de", GRPC);
    assert_eq!(header(&grpc, "grpc-message"), Some("Gleich"));
    let toggle = Some(r#"{"maintenance":true,"message":"Now"}"#);
    assert_eq!(german(config, toggle, HTML).body, "<b>T Now 503");
}

#[test]
fn a_page_of_ones_own_has_no_policy_of_ours_in_its_language_alone() {
    let config = r#"{"response":{"redirect":"https://status.example/","languages":{"de":{"html":"<i>{{message}}"}}}}"#;
    let policy = |range, method| {
        let client = [HTML, ("accept-language", range), (":method", method)];
        let reply = reply(config, None, &client);
        let policy = header(&reply, "content-security-policy").map(str::to_owned);
        (reply.status, policy, reply.body.starts_with("<i>"))
    };
    let (status, own, is_own) = policy("de", "POST");
    assert_eq!((status, own, is_own), (503, None, true));
    let (status, ours, is_own) = policy("fr", "POST");
    assert_eq!((status, ours.is_some(), is_own), (503, true, false));
    let (status, _, is_own) = policy("de", "GET");
    assert_eq!((status, is_own), (302, true));
    let (status, _, is_own) = policy("fr", "GET");
    assert_eq!((status, is_own), (302, false));
}

#[test]
fn a_body_of_ones_own_is_in_no_language_that_is_known() {
    for (body, kind) in [
        (r#""html":"<p>{{message}}""#, HTML),
        (r#""json":"{\"m\":\"{{message}}\"}""#, JSON),
        (r#""text":"{{message}}""#, TEXT),
    ] {
        let config = format!(r#"{{"response":{{{body}}}}}"#);
        let reply = german(&config, None, kind);
        assert_eq!(header(&reply, "content-language"), None, "{body}");
        assert!(
            reply.body.contains("Wartungsarbeiten durch"),
            "{}",
            reply.body
        );
    }
}
