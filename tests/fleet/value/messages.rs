//! Messages that are no plain words.

use serde_json::{Value, json};
use support::{
    Envoy, Request, Response,
    etcd::{Etcd, KEY},
    fetch_http2,
    fleet::{configuration, options, three},
};

use super::put;

const LARGE: usize = 100_000;

fn messages() -> Vec<String> {
    let mut messages: Vec<String> = [
        "",
        " ",
        "\"quoted\" and 'quoted' \\ and \\n",
        "two\nlines\r\nand a tab\tand a nul \0 and \u{7f} and \u{1b}[31m",
        "<script>alert(1)</script><!-- & &amp; ]]> </title>",
        "{{title}} {{message}} {{{{ }} %s %20 %REQ(:PATH)% ${x}",
        "\u{e4}\u{20ac}\u{1f6a7} \u{202e}right to left \u{2028} \u{feff}",
        "grpc-status: 0\r\ngrpc-message: forged\r\n\r\n",
        "\",\"status\":200,\"x\":\"",
    ]
    .map(str::to_owned)
    .into();
    messages.extend(["m".repeat(LARGE), "<\u{e4}\n".repeat(LARGE / 4)]);
    messages
}

fn accepting(envoy: &Envoy, accept: &str) -> Response {
    let reply = envoy.fetch(&Request::get("/").header("accept", accept));
    assert_eq!(reply.status, 503);
    assert!(reply.is_blocked());
    reply
}

/// The text of HTML, in which the five characters are escaped that must be.
fn unescaped(html: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(html.to_owned(), |html, (entity, character)| {
        html.replace(entity, character)
    })
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits: Vec<u8> = rest.by_ref().take(2).collect();
            let digits = std::str::from_utf8(&digits).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_message_is_escaped_for_where_it_stands() {
    let etcd = Etcd::start();
    let mut options = options(&etcd);
    let mut plugin = configuration();
    plugin["response"] = json!({"html": "<p title=\"{{message}}\">"});
    options.configuration = plugin.to_string();
    let envoys = [Envoy::with(options)];
    for message in messages() {
        let value = json!({"maintenance": true, "message": message});
        let status = put(&etcd, &envoys, &value.to_string());
        assert_eq!(status["message"], message);
        let html = accepting(&envoys[0], "text/html").text();
        let inside = html
            .strip_prefix("<p title=\"")
            .and_then(|html| html.strip_suffix("\">"))
            .unwrap();
        assert!(!inside.contains(['<', '>', '"', '\'']), "{html}");
        assert_eq!(unescaped(inside), message);
        let json = accepting(&envoys[0], "application/json").json();
        assert_eq!(json["detail"], message);
        assert_eq!(json["status"], 503);
        let text = accepting(&envoys[0], "text/plain").text();
        assert!(text.contains(&message), "{text}");
    }
}

#[test]
fn the_page_and_every_envoy_bear_any_message() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    for message in messages() {
        let value = json!({"maintenance": true, "message": message, "changed_by": message});
        put(&etcd, &envoys, &value.to_string());
        for envoy in &envoys {
            let page = accepting(envoy, "text/html").text();
            assert!(
                page.ends_with("</html>\n") || page.ends_with("</html>"),
                "{page}"
            );
            assert_eq!(page.matches("<script").count(), 1, "{page}");
            assert_eq!(page.matches("</title>").count(), 1, "{page}");
        }
    }
    // A change through the endpoint takes their place.
    envoys[1].toggle(true);
    let value: Value = serde_json::from_str(&etcd.get(KEY).unwrap()).unwrap();
    assert_eq!(value.get("message"), None);
}

#[test]
fn a_grpc_client_gets_any_message_as_one_status() {
    let etcd = Etcd::start();
    let envoys = [Envoy::with(options(&etcd))];
    for message in messages() {
        let value = json!({"maintenance": true, "message": message});
        put(&etcd, &envoys, &value.to_string());
        let call = http::Request::post("http://test.example/service/Method")
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body("")
            .unwrap();
        let reply = fetch_http2(envoys[0].address, call);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("grpc-status"), Some("14"));
        let found = percent_decoded(reply.header("grpc-message").unwrap_or_default());
        // A message may be cut, but not into the half of a character.
        assert!(
            message.starts_with(&found),
            "{found:?} instead of {message:?}"
        );
        assert_eq!(found.is_empty(), message.is_empty(), "{message:?}");
        assert!(envoys[0].get("/").is_blocked());
    }
}
