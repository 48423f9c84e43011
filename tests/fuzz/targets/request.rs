//! A request, and a policy, to decide with.

use std::net::IpAddr;

use maintenance_mode::hosts::abi::header_map::HeaderMap;
use maintenance_mode_core::{
    config::plugin::PluginConfig,
    policy::{
        environment::{Environment, any_attribute},
        policy::Policy,
    },
    request::{
        attribute::{Attribute, AttributePath},
        head::RequestHead,
        headers::Headers,
    },
    syntax::timestamp::Timestamp,
};

/// A request that is all there from the start.
pub struct Request {
    pub headers: HeaderMap,
    pub client_ip: Option<IpAddr>,
    pub now: Timestamp,
}

impl Request {
    /// A request from 192.0.2.1 in November 2026, with the given header lines.
    pub fn new<N: AsRef<[u8]>, V: AsRef<[u8]>>(headers: &[(N, V)]) -> Self {
        Self {
            headers: HeaderMap::decode(HeaderMap::encode(headers)),
            client_ip: "192.0.2.1".parse().ok(),
            now: now(),
        }
    }
}

/// The time of all requests.
pub fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T00:00:00Z").unwrap()
}

impl RequestHead for Request {
    type Headers = HeaderMap;

    fn path(&self) -> &[u8] {
        self.headers.first(":path").unwrap_or_default()
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn ends_with_headers(&self) -> bool {
        true
    }

    fn client_ip(&self) -> Option<IpAddr> {
        self.client_ip
    }

    fn attribute(&self, _path: &AttributePath) -> Attribute {
        Attribute::Absent
    }

    fn route_action(&self) -> Attribute {
        Attribute::Absent
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn random(&self) -> u64 {
        7
    }

    fn report_error(&self) {}
}

/// A policy of a configuration that is good.
pub fn policy(json: &str) -> Policy {
    let config = PluginConfig::parse(json.as_bytes()).unwrap();
    Policy::compile(&config, ENVIRONMENT).unwrap()
}

/// Every variable is long enough for every purpose.
pub const ENVIRONMENT: Environment<'_> = Environment {
    owner: "the VM",
    variable: &|_| Some("0123456789abcdef0123456789abcdef".to_owned()),
    check_attribute: any_attribute,
};
