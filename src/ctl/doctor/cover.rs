//! Whether one entry of a matcher takes all that another takes.
//!
//! The filter's own code is asked, with requests that the other takes; blocks of addresses
//! are compared.

use std::cell::OnceCell;

use maintenance_mode_core::policy::policy::Policy;
use maintenance_mode_core::policy::seen::Seen;
use serde_json::Value;

use crate::ctl::doctor::network::Network;
use crate::ctl::doctor::probe::{Traits, with_entry};
use crate::ctl::documents::spot::Spot;
use crate::ctl::requests::request::Request;

/// An entry, and what is made of it once.
pub(super) struct Covered<'s> {
    pub(super) spot: Spot<'s>,
    kind: &'s str,
    value: Value,
    network: Option<Network>,
    samples: OnceCell<Vec<Request>>,
    policy: OnceCell<Option<Policy>>,
}

/// Stands for whatever a client may send.
const WHATEVER: [&str; 4] = ["", "a", "/zq7x/k.b", "0Z-_"];

impl<'s> Covered<'s> {
    pub(super) fn new(kind: &'s str, spot: Spot<'s>) -> Self {
        Self {
            kind,
            value: spot.node().to_json(),
            network: spot
                .text()
                .filter(|_| kind == "client_ips")
                .and_then(Network::parse),
            spot,
            samples: OnceCell::new(),
            policy: OnceCell::new(),
        }
    }

    fn takes(&self, probe: &Request) -> bool {
        let policy = self
            .policy
            .get_or_init(|| with_entry(self.kind, &self.value));
        policy
            .as_ref()
            .is_some_and(|policy| policy.allow.first_match(&Seen::new(probe)).is_some())
    }
}

/// Whether each request that matches `narrow` matches `wide`; both are of one kind.
pub(super) fn covers(wide: &Covered, narrow: &Covered) -> bool {
    if let (Some(wide), Some(narrow)) = (wide.network, narrow.network) {
        return wide.contains(narrow);
    }
    if wide.value == narrow.value {
        return true;
    }
    let samples = narrow
        .samples
        .get_or_init(|| samples(narrow.kind, &narrow.spot));
    !samples.is_empty() && samples.iter().all(|probe| wide.takes(probe))
}

/// Requests that an entry takes, so different that what takes all of them takes all that it
/// takes; none where that cannot be said.
fn samples(kind: &str, entry: &Spot) -> Vec<Request> {
    match kind {
        "paths" => path_samples(entry)
            .iter()
            .map(|path| {
                Traits {
                    path,
                    ..Traits::default()
                }
                .request()
            })
            .collect(),
        "hosts" => {
            let hosts = entry.text().map(host_samples).unwrap_or_default();
            hosts
                .iter()
                .map(|host| {
                    Traits {
                        host,
                        ..Traits::default()
                    }
                    .request()
                })
                .collect()
        }
        "methods" => {
            let method = entry.text().into_iter();
            method
                .map(|method| {
                    Traits {
                        method,
                        ..Traits::default()
                    }
                    .request()
                })
                .collect()
        }
        "headers" | "cookies" | "attributes" => value_samples(entry)
            .into_iter()
            .map(|value| with_value(kind, entry, value).request())
            .collect(),
        _ => Vec::new(),
    }
}

fn path_samples(entry: &Spot) -> Vec<String> {
    let below = |prefix: &str| {
        let prefix = prefix.trim_end_matches('/');
        let below = ["", "/", "/a", "/zq7x/k.b", "/%C3%A9/0Z"].iter();
        below
            .map(|rest| format!("{prefix}{rest}"))
            .filter(|path| !path.is_empty())
            .collect()
    };
    if let Some(pattern) = entry.text() {
        return pattern
            .strip_suffix("/*")
            .map_or_else(|| vec![pattern.to_owned()], below);
    }
    let text = |key: &str| entry.text_of(key);
    if let Some(exact) = text("exact") {
        vec![exact.to_owned()]
    } else if let Some(prefix) = text("prefix") {
        below(prefix)
    } else if let Some(suffix) = text("suffix") {
        let before = ["/", "/a", "/zq7x/k", "/%C3%A9/0Z"].iter();
        before
            .map(|before| format!("{before}{}", suffix.trim_start_matches('/')))
            .collect()
    } else {
        Vec::new()
    }
}

fn host_samples(host: &str) -> Vec<String> {
    match host.strip_prefix("*.") {
        Some(domain) => ["a", "zq7x", "b-2.zq7x"]
            .map(|labels| format!("{labels}.{domain}"))
            .into(),
        None => vec![host.to_owned()],
    }
}

fn value_samples(entry: &Spot) -> Vec<String> {
    let text = |key: &str| entry.text_of(key);
    let whatever = |of: &dyn Fn(&str) -> String| WHATEVER.iter().map(|rest| of(rest)).collect();
    if let Some(exact) = text("exact") {
        vec![exact.to_owned()]
    } else if let Some(prefix) = text("prefix") {
        whatever(&|rest| format!("{prefix}{rest}"))
    } else if let Some(suffix) = text("suffix") {
        whatever(&|rest| format!("{rest}{suffix}"))
    } else if entry.bool_of("present") == Some(true) {
        whatever(&|rest| rest.to_owned())
    } else {
        Vec::new()
    }
}

fn with_value<'t>(kind: &str, entry: &Spot, value: String) -> Traits<'t> {
    let name = entry.text_of("name").unwrap_or_default();
    let mut traits = Traits::default();
    match kind {
        "headers" => traits.headers.push((name.to_ascii_lowercase(), value)),
        "cookies" => traits
            .headers
            .push(("cookie".to_owned(), format!("{name}={value}"))),
        _ => {
            let segments = entry.list("path");
            let segments: Vec<&str> = segments.iter().filter_map(|spot| spot.text()).collect();
            traits.attributes.push((segments.join("."), value));
        }
    }
    traits
}
