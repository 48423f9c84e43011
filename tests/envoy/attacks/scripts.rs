//! Stored cross-site scripting: markup in what operators and clients say.

use serde_json::json;
use support::{ADMIN, Envoy, Options, Request, admin_request};

use super::{PAGE, configuration};

const MARKUP: &str = "</p></title></script><script>alert(1)</script><img src=x onerror=alert(1)>\
                      \" onload=\"alert(1) ' onload='alert(1) {{title}} &lt;";

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

#[test]
fn no_message_title_or_request_id_is_markup() {
    for (html, told) in [
        (None, 4),
        (
            Some("<title>{{title}}</title><p id=\"{{request_id}}\">{{message}}"),
            3,
        ),
    ] {
        let mut configuration = configuration();
        configuration["response"]["title"] = MARKUP.into();
        configuration["response"]["message"] = MARKUP.into();
        if let Some(html) = html {
            configuration["response"]["html"] = json!(html);
        }
        let mut options = Options::new(configuration);
        options.connection_manager["preserve_external_request_id"] = true.into();
        let envoy = Envoy::with(options);
        let request = Request::get(&format!("/{}", encoded(MARKUP)))
            .header("accept", PAGE)
            .header("x-request-id", MARKUP)
            .header("user-agent", MARKUP)
            .header("referer", MARKUP);
        for call in [
            "reset".to_owned(),
            format!("on?message={}", encoded(MARKUP)),
        ] {
            let changed = envoy.admin("POST", &call);
            assert_eq!(changed.status, 200, "{}", changed.text());
            let page = envoy.fetch(&request).text();
            assert_eq!(
                page.matches("&lt;script&gt;alert(1)").count(),
                told,
                "{page}"
            );
            for markup in [
                "<script>alert",
                "<img",
                "</p></title>",
                "\" onload",
                "' onload",
            ] {
                assert!(!page.contains(markup), "{markup} in {page}");
            }
        }
    }
}

/// A browser that is led to the endpoint gets JSON, which it does not run.
#[test]
fn no_answer_of_the_endpoint_is_a_page() {
    let envoy = Envoy::start(configuration());
    let unknown = "%3Cscript%3Ealert(1)%3C/script%3E";
    for request in [
        Request::get(&format!("{ADMIN}/{unknown}")),
        admin_request("POST", unknown),
        admin_request("POST", &format!("on?{unknown}=1")),
        admin_request("POST", &format!("on?message={unknown}%0a")),
    ] {
        let response = envoy.fetch(&request.header("accept", PAGE));
        let content_type = response.header("content-type");
        assert_eq!(
            content_type,
            Some("application/problem+json"),
            "{response:?}"
        );
    }
}
