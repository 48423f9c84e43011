//! The page, and who gets it.

use crate::admin::answer::no_store;
use crate::admin::console::words::words;
use crate::policy::endpoint::Endpoint;
use crate::policy::policy::Policy;
use crate::policy::words::direction::Direction;
use crate::reply::language::built_in;
use crate::reply::local_reply::LocalReply;
use crate::reply::negotiation::prefers_html;
use crate::reply::protocol::is_read;
use crate::request::head::RequestHead;
use crate::syntax::html_document::{HtmlDocument, html_document};

const CONSOLE: HtmlDocument = html_document!(
    concat!(
        include_str!("head.html"),
        "<style>\n",
        include_str!("style.css"),
        "</style>\n",
        include_str!("body.html"),
        "<script>\n",
        include_str!("script/words.js"),
        include_str!("script/fields.js"),
        include_str!("script/calls.js"),
        include_str!("script/state.js"),
        include_str!("script/traffic.js"),
        include_str!("script/page.js"),
        "</script>\n</body>\n</html>\n",
    ),
    style: "PQOM4Iikp6UpVuLahqZ5lkkz0J3EzP7Zu9dn8agh7DA=",
    script: "j4zSSnDBAUQ6uzT1Bd2kOVRW98Zg4L1+JNUgf28ikH0=",
    "frame-ancestors 'none'"
);

/// Whether a call is a browser that opens the endpoint. The page needs no token and has none.
pub(crate) fn is_opened(endpoint: &Endpoint, request: &impl RequestHead) -> bool {
    endpoint.console
        && endpoint.call(request.path()) == Some(b"")
        && is_read(request.headers())
        && prefers_html(request.headers())
}

/// The page in the language of the one who opens it. Anybody may see it, so of the configuration it says
/// only whether there are bypass links, which a call without a token tells too, and which variable the
/// token of the environment is in, never the token.
pub(crate) fn page(
    policy: &Policy,
    endpoint: &Endpoint,
    request: &impl RequestHead,
) -> LocalReply<'static> {
    let language = built_in(request.headers());
    let html = html(policy.bypass.is_some(), endpoint.environment(), language);
    let mut reply = no_store(200, "text/html; charset=utf-8", html);
    reply.add("content-language", language);
    reply.add("vary", "accept, accept-language");
    reply.add("content-security-policy", CONSOLE.policy);
    reply.add("referrer-policy", "no-referrer");
    reply.add("x-content-type-options", "nosniff");
    reply
}

fn html(bypass: bool, environment: Option<&str>, language: &str) -> String {
    let environment = serde_json::to_string(&environment).unwrap_or_default();
    // It cannot end the element that holds it.
    let environment = environment.replace('<', "\\u003c");
    let words = words(language);
    let given = format!("{{\"bypass\":{bypass},\"environment\":{environment},\"words\":{words}}}");
    let direction = Direction::of(language).as_str();
    let html = CONSOLE.html.replacen("{{language}}", language, 1);
    let html = html.replacen("{{direction}}", direction, 1);
    html.replacen("{{given}}", &given, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::words::languages::LANGUAGES;
    use crate::state::given::MAX_MESSAGE_BYTES;
    use crate::state::setting::{DURATION, RAMP, Setting};

    #[test]
    fn the_console_is_small_and_its_policy_allows_its_style_and_script() {
        assert!(CONSOLE.html.len() < 32 * 1024, "{}", CONSOLE.html.len());
        for words in &LANGUAGES {
            let html = html(true, Some("MAINTENANCE_TOKEN"), words.language);
            assert!(html.len() < 40 * 1024, "{}: {}", words.language, html.len());
            assert!(!html.contains("{{"), "{}", words.language);
        }
        CONSOLE.assert_policy_fits();
    }

    #[test]
    fn the_name_of_a_variable_cannot_end_what_holds_it() {
        let html = html(false, Some("</script>\""), "en");
        assert!(html.contains(r#""environment":"\u003c/script>\"","words""#));
    }

    #[test]
    fn each_parameter_has_a_field() {
        let parameters = Setting::PARAMETERS.iter().map(|parameter| parameter.name);
        for name in parameters.chain([DURATION.name, RAMP.name]) {
            let field = format!("name=\"{name}\"");
            assert!(
                CONSOLE.html.contains(&field),
                "{name} has no field in body.html"
            );
        }
        let limit = format!("data-limit=\"{MAX_MESSAGE_BYTES}\"");
        assert!(CONSOLE.html.contains(&limit), "{limit}");
    }
}
