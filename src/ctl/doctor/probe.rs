//! Requests that are made up, to ask the filter's own code what it does with them.

use std::net::IpAddr;

use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::policy::environment::{Environment, any_attribute};
use maintenance_mode_core::policy::policy::Policy;
use maintenance_mode_core::state::setting::Setting;
use maintenance_mode_core::state::state::State;
use serde_json::{Value, json};

use crate::ctl::process::clock::now;
use crate::ctl::requests::request::Request;

/// What is special of a request.
#[derive(Clone, Debug)]
pub(super) struct Traits<'t> {
    pub(super) path: &'t str,
    pub(super) host: &'t str,
    pub(super) method: &'t str,
    pub(super) ip: Option<IpAddr>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) attributes: Vec<(String, String)>,
}

impl Default for Traits<'_> {
    fn default() -> Self {
        Self {
            path: "/zq7x/k.bin",
            host: "zq7x.invalid",
            method: "ZQX",
            ip: None,
            headers: Vec::new(),
            attributes: Vec::new(),
        }
    }
}

impl Traits<'_> {
    /// A request with these traits.
    pub(super) fn request(self) -> Request {
        let pseudo = [
            (":path", self.path),
            (":authority", self.host),
            (":method", self.method),
            (":scheme", "https"),
        ];
        let pseudo = pseudo.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let lines = pseudo.into_iter().chain(self.headers);
        let mut request = Request::new(lines.collect(), now());
        request.client_ip = self.ip;
        request.attributes = self.attributes;
        request
    }
}

/// The state after somebody has switched maintenance on.
pub(super) fn switched_on() -> State {
    let setting = Setting {
        maintenance: true,
        ..Setting::default()
    };
    State {
        setting: Some(setting),
        ..State::default()
    }
}

/// The filter with one entry of a kind in `allow`.
pub(super) fn with_entry(kind: &str, entry: &Value) -> Option<Policy> {
    let configuration = json!({"allow": {kind: [entry]}}).to_string();
    let config = PluginConfig::parse(configuration.as_bytes()).ok()?;
    let environment = Environment {
        owner: "the VM",
        variable: &|_| None,
        check_attribute: any_attribute,
    };
    Policy::compile(&config, environment).ok()
}
