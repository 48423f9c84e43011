//! Requests that are made up, to ask the filter's own code what it does with them.

use std::net::IpAddr;

use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::policy::environment::Environment;
use maintenance_mode_core::policy::policy::Policy;
use maintenance_mode_core::request::attribute::{Attribute, AttributePath};
use maintenance_mode_core::request::head::RequestHead;
use maintenance_mode_core::request::headers::HeaderList;
use maintenance_mode_core::state::setting::Setting;
use maintenance_mode_core::state::state::State;
use maintenance_mode_core::syntax::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::ctl::process::clock::now;

/// A request that is made up.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    path: String,
    headers: HeaderList,
    client_ip: Option<IpAddr>,
    /// Paths, by dots, and values.
    attributes: Vec<(String, String)>,
}

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

impl Probe {
    pub(super) fn of(traits: Traits) -> Self {
        let pseudo = [
            (":path", traits.path),
            (":authority", traits.host),
            (":method", traits.method),
            (":scheme", "https"),
        ];
        let pseudo = pseudo.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let lines: Vec<_> = pseudo.into_iter().chain(traits.headers).collect();
        Self {
            path: traits.path.to_owned(),
            headers: HeaderList::new(&lines),
            client_ip: traits.ip,
            attributes: traits.attributes,
        }
    }
}

impl RequestHead for Probe {
    type Headers = HeaderList;

    fn path(&self) -> &[u8] {
        self.path.as_bytes()
    }

    fn headers(&self) -> &HeaderList {
        &self.headers
    }

    fn ends_with_headers(&self) -> bool {
        true
    }

    fn client_ip(&self) -> Option<IpAddr> {
        self.client_ip
    }

    fn attribute(&self, path: &AttributePath) -> Attribute {
        let segments: Vec<&str> = path.segments().iter().map(|segment| &**segment).collect();
        let name = segments.join(".");
        let mut attributes = self.attributes.iter();
        let value = attributes.find(|(other, _)| *other == name);
        value.map_or(Attribute::Absent, |(_, value)| {
            Attribute::Text(value.clone().into_bytes())
        })
    }

    fn route_action(&self) -> Attribute {
        Attribute::Absent
    }

    fn now(&self) -> Timestamp {
        now()
    }

    fn random(&self) -> u64 {
        0
    }

    fn report_error(&self) {}
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
    };
    Policy::compile(&config, environment).ok()
}
