//! The console: a page for browsers, which makes the calls of the endpoint.

use crate::admin::answer::no_store;
use crate::policy::endpoint::Endpoint;
use crate::reply::local_reply::LocalReply;
use crate::reply::negotiation::prefers_html;
use crate::reply::protocol::is_read;
use crate::request::head::RequestHead;
use crate::syntax::html_document::{HtmlDocument, html_document};

const CONSOLE: HtmlDocument = html_document!(
    "console.html",
    style: "zy8ZPHoS+0LpDKtu6B+7nBu1D5tqHmsRQka9xhjUimQ=",
    script: "EfdvfZDS9hoekqUguk9KTSmQ6S0pAyeeV4HCNr5GahU=",
    "frame-ancestors 'none'"
);

/// Whether a call is a browser that opens the endpoint. The page needs no token and has none.
pub(crate) fn is_opened(endpoint: &Endpoint, request: &impl RequestHead) -> bool {
    endpoint.console
        && endpoint.call(request.path()) == Some(b"")
        && is_read(request.headers())
        && prefers_html(request.headers())
}

pub(crate) fn page() -> LocalReply<'static> {
    let mut reply = no_store(200, "text/html; charset=utf-8", CONSOLE.html);
    reply.add("vary", "accept");
    reply.add("content-security-policy", CONSOLE.policy);
    reply.add("referrer-policy", "no-referrer");
    reply.add("x-content-type-options", "nosniff");
    reply
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::setting::{DURATION, RAMP, Setting};

    #[test]
    fn the_console_is_small_and_its_policy_allows_its_style_and_script() {
        assert!(CONSOLE.html.len() < 20 * 1024, "{}", CONSOLE.html.len());
        CONSOLE.assert_policy_fits();
    }

    #[test]
    fn each_parameter_has_a_field() {
        let parameters = Setting::PARAMETERS.iter().map(|parameter| parameter.name);
        for name in parameters.chain([DURATION.name, RAMP.name]) {
            let field = format!("name=\"{name}\"");
            assert!(
                CONSOLE.html.contains(&field),
                "{name} has no field in console.html"
            );
        }
    }
}
