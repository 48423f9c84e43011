//! Requests that are made up, to ask the filter's own code what it does with them.

use std::net::IpAddr;

use maintenance_mode_core::config::plugin::PluginConfig;
use maintenance_mode_core::decision::decide::decide;
use maintenance_mode_core::decision::decision::Verdict;
use maintenance_mode_core::policy::environment::{Environment, any_attribute};
use maintenance_mode_core::policy::kind::Kind;
use maintenance_mode_core::policy::outlook::Outlook;
use maintenance_mode_core::policy::policy::Policy;
use maintenance_mode_core::state::setting::Setting;
use maintenance_mode_core::state::state::State;
use serde_json::{Value, json};

use crate::ctl::documents::spot::Spot;
use crate::ctl::process::clock::now;
use crate::ctl::requests::synthetic_request::SyntheticRequest;

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

const COOKIE: &str = "cookie";

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

impl<'t> Traits<'t> {
    /// With a text where the matcher of an entry looks.
    pub(super) fn set(&mut self, kind: Kind, entry: &Spot, text: &'t str) {
        let name = || entry.text_of("name").unwrap_or_default();
        match kind {
            Kind::ClientIp => self.ip = text.parse().ok(),
            Kind::Path => self.path = text,
            Kind::Host => self.host = text,
            Kind::Method => self.method = text,
            Kind::Header => {
                let name = name().to_ascii_lowercase();
                self.headers.push((name, text.to_owned()));
            }
            Kind::Cookie => {
                let cookie = format!("{}={text}", name());
                let mut lines = self.headers.iter_mut();
                match lines.find(|(name, _)| name == COOKIE) {
                    Some((_, line)) => line.push_str(&format!("; {cookie}")),
                    None => self.headers.push((COOKIE.to_owned(), cookie)),
                }
            }
            Kind::Attribute => {
                let path = entry.texts("path").join(".");
                self.attributes.push((path, text.to_owned()));
            }
        }
    }

    /// A request with these traits.
    pub(super) fn request(self) -> SyntheticRequest {
        let pseudo = [
            (":path", self.path),
            (":authority", self.host),
            (":method", self.method),
            (":scheme", "https"),
        ];
        let pseudo = pseudo.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let lines = pseudo.into_iter().chain(self.headers);
        let mut request = SyntheticRequest::new(lines.collect(), now());
        request.client_ip = self.ip;
        request.attributes = self.attributes;
        request
    }
}

/// What is read of the verdict on a request after somebody has switched maintenance on.
pub(super) fn while_on<T>(policy: &Policy, traits: Traits, read: impl FnOnce(&Verdict) -> T) -> T {
    let state = State {
        setting: Some(Setting {
            maintenance: true,
            ..Setting::default()
        }),
        ..State::default()
    };
    read(&decide(policy, &state, &Outlook::default(), &traits.request()).verdict)
}

/// Whether it is blocked then.
pub(super) fn is_blocked(policy: &Policy, traits: Traits) -> bool {
    while_on(policy, traits, |verdict| {
        matches!(verdict, Verdict::Blocked(_))
    })
}

/// The filter with one entry of a kind in `allow`.
pub(super) fn with_entry(kind: Kind, entry: &Value) -> Option<Policy> {
    let key = kind.key();
    let configuration = json!({"allow": {key: [entry]}}).to_string();
    let config = PluginConfig::parse(configuration.as_bytes()).ok()?;
    let environment = Environment {
        owner: "the VM",
        variable: &|_| None,
        check_attribute: any_attribute,
    };
    Policy::compile(&config, environment).ok()
}
