//! Whether one entry of a matcher takes all that another takes.
//!
//! The filter's own code is asked, with requests that the other takes; blocks of addresses
//! are compared.

use std::cell::OnceCell;

use maintenance_mode_core::policy::kind::Kind;
use maintenance_mode_core::policy::policy::Policy;
use maintenance_mode_core::policy::seen::Seen;
use serde_json::Value;

use crate::ctl::doctor::network::Network;
use crate::ctl::doctor::probe::{Traits, with_entry};
use crate::ctl::documents::spot::Spot;
use crate::ctl::requests::synthetic_request::SyntheticRequest;

/// An entry, and what is made of it once.
pub(super) struct Covered<'s> {
    pub(super) spot: Spot<'s>,
    kind: Kind,
    value: Value,
    network: Option<Network>,
    samples: OnceCell<Vec<SyntheticRequest>>,
    policy: OnceCell<Option<Policy>>,
}

/// Stands for whatever a client may send.
const WHATEVER: [&str; 4] = ["", "a", "/zq7x/k.b", "0Z-_"];

impl<'s> Covered<'s> {
    pub(super) fn new(kind: Kind, spot: Spot<'s>) -> Self {
        Self {
            kind,
            value: spot.node().to_json(),
            network: spot
                .text()
                .filter(|_| kind == Kind::ClientIp)
                .and_then(Network::parse),
            spot,
            samples: OnceCell::new(),
            policy: OnceCell::new(),
        }
    }

    fn takes(&self, probe: &SyntheticRequest) -> bool {
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
fn samples(kind: Kind, entry: &Spot) -> Vec<SyntheticRequest> {
    let texts = match kind {
        Kind::ClientIp => Vec::new(),
        Kind::Path => path_samples(entry),
        Kind::Host => entry.text().map(host_samples).unwrap_or_default(),
        Kind::Method => entry.text().map(str::to_owned).into_iter().collect(),
        Kind::Header | Kind::Cookie | Kind::Attribute => value_samples(entry),
    };
    let requests = texts.iter().map(|text| {
        let mut traits = Traits::default();
        traits.set(kind, entry, text);
        traits.request()
    });
    requests.collect()
}

fn path_samples(entry: &Spot) -> Vec<String> {
    let below = |prefix: &str| {
        let prefix = prefix.trim_end_matches('/');
        let below = ["", "/", "/a", "/zq7x/k.b", "/%C3%A9/0Z"];
        let mut paths = below.map(|rest| format!("{prefix}{rest}")).to_vec();
        paths.retain(|path| !path.is_empty());
        paths
    };
    if let Some(pattern) = entry.text() {
        return pattern
            .strip_suffix("/*")
            .map_or_else(|| vec![pattern.to_owned()], below);
    }
    if let Some(exact) = entry.text_of("exact") {
        vec![exact.to_owned()]
    } else if let Some(prefix) = entry.text_of("prefix") {
        below(prefix)
    } else if let Some(suffix) = entry.text_of("suffix") {
        let suffix = suffix.trim_start_matches('/');
        ["/", "/a", "/zq7x/k", "/%C3%A9/0Z"]
            .map(|before| format!("{before}{suffix}"))
            .to_vec()
    } else {
        Vec::new()
    }
}

fn host_samples(host: &str) -> Vec<String> {
    match host.strip_prefix("*.") {
        Some(domain) => ["a", "zq7x", "b-2.zq7x"]
            .map(|labels| format!("{labels}.{domain}"))
            .to_vec(),
        None => vec![host.to_owned()],
    }
}

fn value_samples(entry: &Spot) -> Vec<String> {
    if let Some(exact) = entry.text_of("exact") {
        vec![exact.to_owned()]
    } else if let Some(prefix) = entry.text_of("prefix") {
        WHATEVER.map(|rest| format!("{prefix}{rest}")).to_vec()
    } else if let Some(suffix) = entry.text_of("suffix") {
        WHATEVER.map(|rest| format!("{rest}{suffix}")).to_vec()
    } else if entry.bool_of("present") == Some(true) {
        WHATEVER.map(str::to_owned).to_vec()
    } else {
        Vec::new()
    }
}
