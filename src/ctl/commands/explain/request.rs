//! The request that the arguments describe.

use std::net::SocketAddr;

use maintenance_mode_core::policy::client_address::ClientAddress;
use maintenance_mode_core::request::head::RequestHead;
use maintenance_mode_core::request::headers::Headers;
use maintenance_mode_core::syntax::timestamp::Timestamp;

use crate::ctl::arguments::explain::ExplainArgs;
use crate::ctl::commands::explain::lines::Lines;
use crate::ctl::requests::synthetic_request::SyntheticRequest;

/// Port 0 would say that Envoy itself took the address from a header.
const SOME_PORT: u16 = 1;

/// The request, whose client is found as the filter finds it.
pub(super) fn described(
    options: &ExplainArgs,
    client_address: &ClientAddress,
    now: Timestamp,
) -> SyntheticRequest {
    let mut request = SyntheticRequest::new(lines(options), now);
    request.client_ip = options.ip.and_then(|ip| {
        let source = SocketAddr::new(ip, SOME_PORT).to_string();
        client_address.resolve(source.as_bytes(), |name| request.headers().get(name))
    });
    request.attributes.clone_from(&options.attributes);
    request.route_action.clone_from(&options.route_action);
    request
}

/// As Envoy hands them over: `host` is `:authority`, cookies come last.
fn lines(options: &ExplainArgs) -> Vec<(String, String)> {
    let cookies = options.cookies.iter();
    let cookies = cookies.map(|(name, value)| format!("{name}={value}"));
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    let mut lines = Lines::default();
    for (name, value) in &options.headers {
        let name = if name == "host" { ":authority" } else { name };
        lines.add(name, value);
    }
    if options.headers.iter().all(|(name, _)| name != "host") {
        lines.add(":authority", &options.host);
    }
    if !cookies.is_empty() {
        lines.add("cookie", &cookies);
    }
    lines.add(":path", &options.path);
    lines.add(":method", &options.method);
    lines.add(":scheme", "http");
    lines.into_vec()
}
