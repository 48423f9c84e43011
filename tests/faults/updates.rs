//! A bad update comes while traffic flows.

mod bad;
mod deadly;
mod succession;
mod traffic;
mod update;

use serde_json::json;
use support::{Delivery, Envoy, Host, Options};

use self::update::Update;

/// An Envoy with a good configuration, on which updates end no connection.
fn start(delivery: Delivery, maintenance: bool) -> Envoy {
    let mut options = Options::new(json!({}));
    Update::good("old").apply(&mut options);
    options.delivery = delivery;
    options.is_to_die = Host::under_test() == Host::Wasm;
    // After an update by LDS, Envoy ends connections more and more often over this time.
    options.arguments = vec!["--drain-time-s", "31536000"];
    let envoy = Envoy::with(options);
    envoy.toggle(maintenance);
    envoy
}
