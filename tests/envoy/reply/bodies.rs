//! The built-in bodies and the configured ones.

use serde_json::json;
use support::{Envoy, Options};

use super::{HTML, JSON, TEXT, accepting, configuration, content_type, envoy, on};

#[test]
fn placeholders_are_filled_in_and_escaped_for_where_they_stand() {
    let body = "{{title}}|{{message}}|{{status}}|{{retry_after}}|{{until}}|";
    let envoy = envoy(json!({
        "status": 529,
        "retry_after": null,
        "title": "<T> & 'U'",
        "message": "M",
        "html": body,
        "json": format!("{{\"all\": \"{body}\"}}"),
        "text": body,
    }));
    let bodies = || [HTML, JSON, TEXT].map(|accept| envoy.fetch(&accepting(accept)));
    let types = [HTML, JSON, TEXT];
    assert_eq!(bodies().each_ref().map(content_type), types);
    let [_, _, text] = bodies();
    assert_eq!(text.text(), "<T> & 'U'|M|529|||");

    let message = "%3Cscript%3E%22a%22%5C%27%26%7B%7Btitle%7D%7D%3C/script%3E";
    let status = on(
        &envoy,
        &format!("?for=3600&retry_after=7&message={message}"),
    );
    let until = status["until"].as_str().unwrap();
    let plain = format!("<T> & 'U'|<script>\"a\"\\'&{{{{title}}}}</script>|529|7|{until}|");
    let [html, json, text] = bodies();
    assert_eq!(text.text(), plain);
    assert_eq!(json.json(), json!({"all": plain}));
    let html = html.text();
    assert!(!html.contains(['<', '>', '"', '\'']), "{html}");
    let unescaped = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(html, |html, (entity, character)| {
        html.replace(entity, character)
    });
    assert_eq!(unescaped, plain);
}

#[test]
fn request_id_is_the_one_of_envoy_escaped_like_any_value() {
    let body = "{{request_id}}";
    let mut options = Options::new(configuration(json!({
        "html": body, "json": format!("\"{body}\""), "text": body,
    })));
    options.connection_manager = json!({
        "use_remote_address": true,
        "preserve_external_request_id": true,
        "always_set_request_id_in_response": true,
    });
    let envoy = Envoy::with(options);
    let generated = envoy.fetch(&accepting(TEXT));
    assert_eq!(generated.text().len(), 36, "{}", generated.text());
    assert_eq!(
        generated.header("x-request-id"),
        Some(generated.text().as_str())
    );

    let hostile = "\"><script>";
    let fetch = |accept| envoy.fetch(&accepting(accept).header("x-request-id", hostile));
    assert_eq!(fetch(TEXT).text(), hostile);
    assert_eq!(fetch(JSON).json(), hostile);
    assert_eq!(fetch(HTML).text(), "&quot;&gt;&lt;script&gt;");
}

#[test]
fn the_built_in_page_is_one_accessible_document_without_outside_resources() {
    let envoy = envoy(json!({"title": "Closed & \"shut\""}));
    on(
        &envoy,
        "?for=3600&message=%3Cscript%3Ealert(1)%3C/script%3E",
    );
    let response = envoy.fetch(&accepting(HTML));
    assert_eq!(
        response.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let page = response.text();
    for part in [
        "<html lang=\"",
        "<meta charset=\"utf-8\">",
        "name=\"viewport\"",
        "width=device-width",
        "color-scheme",
        "<title>Closed &amp; &quot;shut&quot;</title>",
        "<h1",
        "<main",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ] {
        assert!(page.contains(part), "no {part}: {page}");
    }
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for part in [
        "http:", "https:", "//", "src=", "href=", "url(", "@import", "<link",
    ] {
        assert!(!page.contains(part), "{part}: {page}");
    }
    assert_eq!(
        page.matches("<script").count(),
        1,
        "not only its own: {page}"
    );
}

#[test]
fn the_built_in_text_and_json_carry_title_and_message_as_they_are() {
    let envoy = envoy(json!({"title": "<T>", "message": "\"a\" & 'b'\n\\"}));
    let text = envoy.fetch(&accepting(TEXT)).text();
    assert!(
        text.contains("<T>") && text.contains("\"a\" & 'b'\n\\"),
        "{text}"
    );
    let problem = envoy.fetch(&accepting(JSON)).json();
    assert_eq!(problem["title"], "<T>");
    assert_eq!(problem["detail"], "\"a\" & 'b'\n\\");
}
