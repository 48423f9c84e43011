//! A VM dies.

mod closed;
mod fleet;
mod half_change;
mod held;
mod in_flight;
mod mortal;
mod open;
mod reload;
mod rewriter;
mod workers;

use serde_json::{Value, json};
use support::{Connection, Options, Request, Response, admin, admin_request};

use self::mortal::HEADERS;
pub use self::mortal::{BYTES, Death};

/// The options of an Envoy whose VMs are to die so, and to come back at once where Envoy
/// makes new ones.
fn mortal(death: &Death) -> Options {
    let mut options = Options::new(json!({"admin": admin()}));
    options.module = death.module();
    options.is_to_die = true;
    // Below two milliseconds Envoy 1.40 divides by zero, and ends.
    options.plugin = json!({"reload_config": {"backoff": {"base_interval": "0.002s"}}});
    options
}

/// A request that kills by [`Death::BY_REQUEST`] and the like.
fn deadly(request: Request) -> Request {
    (0..HEADERS).fold(request, |request, number| {
        request.header(&format!("x-{number}"), "deadly")
    })
}

/// Kills the VM of the worker that a connection is at.
fn kill(connection: &mut Connection) {
    assert_failed(&connection.fetch(&deadly(Request::get("/deadly"))));
}

fn assert_failed(response: &Response) {
    assert!(response.is_failed(), "{response:?}");
}

/// Expects of a worker that it blocks, or passes.
fn assert_serves(connection: &mut Connection, maintenance: bool) {
    let response = connection.fetch(&Request::get("/"));
    assert_eq!(response.is_blocked(), maintenance, "{response:?}");
    assert_eq!(response.is_upstream(), !maintenance, "{response:?}");
}

fn status(connection: &mut Connection) -> Value {
    connection.fetch(&admin_request("GET", "")).json()
}
