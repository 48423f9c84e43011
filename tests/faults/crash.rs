//! A VM dies.

mod mortal;
mod reload;
mod workers;

use serde_json::{Value, json};

use self::mortal::{Death, HEADERS};
use crate::support::{Envoy, Options, Request, Response, admin};

/// The options of an Envoy whose VMs are to die so.
fn mortal(death: &Death) -> Options {
    let mut options = Options::new(json!({"admin": admin()}));
    options.module = death.module();
    options.is_to_die = true;
    options
}

/// A request that kills by [`Death::BY_REQUEST`] and the like.
fn deadly(request: Request) -> Request {
    (0..HEADERS).fold(request, |request, number| {
        request.header(&format!("x-{number}"), "deadly")
    })
}

/// Fails unless this is what Envoy itself answers where there is no VM.
fn assert_failed(response: &Response) {
    assert_eq!(response.status, 503, "{response:?}");
    assert!(!response.is_blocked(), "{response:?}");
    assert_eq!(response.text(), "");
}

fn status(envoy: &Envoy) -> Value {
    envoy.admin("GET", "").json()
}
