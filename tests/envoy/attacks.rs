//! What an attacker would try. `SECURITY.md` has a table of all attacks, with the tests here
//! and elsewhere that cover each.

mod bodies;
mod caches;
mod cross_site;
mod headers;
mod methods;
mod regexes;
mod replays;
mod scripts;

use serde_json::{Value, json};
use support::{ADMIN, Envoy, Request, Response, admin, admin_request};

const ORIGIN: &str = "https://evil.example";
const PAGE: &str = "text/html";

/// In maintenance, with an endpoint, bypass tokens, and replies that any origin may read.
fn configuration() -> Value {
    json!({
        "initial": "on",
        "admin": admin(),
        "bypass": {"key": "a-key-of-the-tests-and-of-nobody-else"},
        "response": {"cors": {"allow_origins": ["*"]}},
    })
}

fn start() -> Envoy {
    Envoy::start(configuration())
}

/// A request of each kind that is answered here: those that are blocked, and calls of the
/// endpoint that change nothing.
fn answered_here() -> Vec<Request> {
    let blocked = |method: &str, accept: &str| Request::new(method, "/").header("accept", accept);
    let preflight = blocked("OPTIONS", "*/*")
        .header("origin", ORIGIN)
        .header("access-control-request-method", "PUT");
    vec![
        blocked("GET", PAGE),
        blocked("GET", "application/json"),
        blocked("GET", "text/plain"),
        blocked("HEAD", PAGE),
        blocked("POST", PAGE).header("content-type", "application/grpc"),
        preflight,
        Request::get(ADMIN),
        Request::new("POST", &format!("{ADMIN}/on")),
        Request::get(&format!("{ADMIN}/bypass?token=x&next=/a")),
        admin_request("GET", ""),
        admin_request("GET", "on"),
        admin_request("POST", "on?for=x"),
        admin_request("POST", "unknown"),
        admin_request("POST", "bypass?name=qa"),
    ]
}

fn generation(envoy: &Envoy) -> Value {
    envoy.admin("GET", "").json()["generation"].clone()
}

/// The names of the headers of a response, sorted.
fn header_names(response: &Response) -> Vec<&str> {
    let mut names: Vec<&str> = response
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    names
}
