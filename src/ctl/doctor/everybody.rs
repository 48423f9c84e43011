//! `everybody`: `allow`, or a rule, takes every request, so that nothing is ever blocked; or
//! every client of one family of addresses.

use std::slice;

use maintenance_mode_core::config::rules::Action;
use maintenance_mode_core::policy::kind::Kind;
use maintenance_mode_core::policy::policy::Policy;
use maintenance_mode_core::policy::rules::first_match;
use maintenance_mode_core::policy::seen::Seen;

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::probe::Traits;
use crate::ctl::documents::spot::Spot;
use crate::ctl::requests::synthetic_request::SyntheticRequest;
use crate::ctl::setup::setup::Setup;

/// Addresses, paths and methods that have nothing in common.
const IPV4: [&str; 3] = ["1.2.3.4", "100.99.98.97", "203.77.5.250"];
const IPV6: [&str; 3] = ["2a01:4f8::7", "2600:9000:1::2", "fd00::1"];
const PATHS: [&str; 5] = [
    "/",
    "/zq7x",
    "/api/v9/k?x=1",
    "/Zq_7/kf%C3%A9/0.bin",
    "/xyzzy.html",
];
/// Those that have a standard, and one that has none.
const METHODS: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "ZQX",
];

/// A value that means nothing.
const SAMPLE: &str = "zq7x";
/// What every client sends, and what an Envoy adds.
const USUAL: [(&str, &str); 3] = [
    ("user-agent", SAMPLE),
    ("accept", SAMPLE),
    ("x-request-id", SAMPLE),
];
const PROTO: &str = "x-forwarded-proto";
const SCHEMES: [&str; 2] = ["http", "https"];

/// A domain of a virtual host that takes what others leave.
const ANY: &str = "*";
/// More of them are as good as any.
const MAX_DOMAINS: usize = 20;

/// Who always passes.
#[derive(Clone, Copy)]
enum Whom {
    Everybody,
    Ipv4,
    Ipv6,
}

impl Whom {
    fn message(self, by: &str) -> String {
        match self {
            Self::Everybody => format!(
                "every request is allowed, by {by}: while maintenance is on, nobody is blocked"
            ),
            Self::Ipv4 => format!(
                "every client with an IPv4 address is allowed, by {by}: while maintenance is on, \
                 most people are not blocked"
            ),
            Self::Ipv6 => format!(
                "every client with an IPv6 address is allowed, by {by}: while maintenance is on, \
                 none of them is blocked"
            ),
        }
    }
}

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for (index, plugin, _, policy) in setup.accepted() {
        let settings = plugin.settings();
        let hosts = hosts(setup, index);
        of_allow(policy, &settings, &hosts, findings);
        of_rules(policy, &settings, &hosts, findings);
    }
}

/// The hosts that requests for a filter name: those of the routes, if there are no others.
fn hosts(setup: &Setup, plugin: usize) -> Vec<String> {
    let managers = setup.managers_of(plugin);
    let managers = managers.iter().map(|(manager, _)| *manager);
    let is_known = managers.clone().all(|manager| setup.has_routes_of(manager));
    let routes = managers.flat_map(|manager| setup.routes_of(manager));
    let domains = routes.flat_map(|routes| routes.domains());
    let domains: Vec<&str> = domains.take(MAX_DOMAINS + 1).collect();
    let is_any = domains.contains(&ANY) || domains.len() > MAX_DOMAINS;
    if !is_known || is_any || domains.is_empty() {
        return vec![Traits::default().host.to_owned()];
    }
    let samples = domains.iter().map(|domain| domain.replace('*', SAMPLE));
    samples.collect()
}

fn of_allow(policy: &Policy, settings: &Spot, hosts: &[String], findings: &mut Findings) {
    let Some(allow) = settings.get("allow") else {
        return;
    };
    let first = |probe: &SyntheticRequest| policy.allow.first_match(&Seen::new(probe));
    let Some((whom, entries)) = taken(&allow, hosts, first) else {
        return;
    };
    let places = entries.iter().map(|entry| (entry.kind.key(), entry.index));
    let mut written = places.clone().filter_map(|(key, index)| {
        let list = allow.list(key);
        list.get(index).map(Spot::place)
    });
    let names = places.map(|(key, index)| format!("allow.{key}[{index}]"));
    findings.add(
        written.next().unwrap_or_else(|| allow.place()),
        whom.message(&names.collect::<Vec<_>>().join(" and ")),
        "Allow only what must pass, such as paths: [/healthz], or the addresses of your own people.",
    );
}

/// The first rule that takes something else ends this: it may well take what must not pass.
fn of_rules(policy: &Policy, settings: &Spot, hosts: &[String], findings: &mut Findings) {
    let written = settings.list("rules");
    let rules = policy.rules.all().iter().zip(&written);
    for (rule, spot) in rules.take_while(|(rule, _)| rule.action == Action::Allow) {
        let Some(matchers) = spot.get("match") else {
            continue;
        };
        let takes = |probe: &SyntheticRequest| {
            first_match(slice::from_ref(rule), &Seen::new(probe)).map(|rule| rule.index)
        };
        if let Some((whom, _)) = taken(&matchers, hosts, takes) {
            let by = match &rule.name {
                Some(name) => format!("rules[{}], {name:?}", rule.index),
                None => format!("rules[{}]", rule.index),
            };
            findings.add(
                spot.place(),
                whom.message(&by),
                "Name in `match` only what must pass, such as paths: [/webhooks/*]; or take the \
                 rule out.",
            );
            return;
        }
    }
}

/// Whose requests are all taken, and what takes them between it.
fn taken<T: PartialEq>(
    written: &Spot,
    hosts: &[String],
    take: impl Fn(&SyntheticRequest) -> Option<T>,
) -> Option<(Whom, Vec<T>)> {
    let hosts = match written.list(Kind::Host.key()).is_empty() {
        true => hosts.get(..1).unwrap_or_default(),
        false => hosts,
    };
    let all = |ips: &[&str]| -> Option<Vec<T>> {
        let probes = probes(written, ips, hosts);
        probes.iter().map(&take).collect()
    };
    let (whom, takers) = match (all(&IPV4), all(&IPV6)) {
        (Some(takers), Some(others)) => (Whom::Everybody, [takers, others]),
        (Some(takers), None) => (Whom::Ipv4, [takers, Vec::new()]),
        (None, Some(takers)) => (Whom::Ipv6, [takers, Vec::new()]),
        (None, None) => return None,
    };
    let mut taking = Vec::new();
    for taker in takers.into_iter().flatten() {
        if !taking.contains(&taker) {
            taking.push(taker);
        }
    }
    Some((whom, taking))
}

/// Requests of all sorts: also with whatever is asked for, so that what is only allowed without
/// it is not taken for everything.
fn probes(written: &Spot, ips: &[&str], hosts: &[String]) -> Vec<SyntheticRequest> {
    let mut asked = Traits::default();
    for kind in Kind::ALL {
        for entry in written.list(kind.key()) {
            asked.set(kind, &entry, SAMPLE);
        }
    }
    let is_clients = |name: &str| USUAL.iter().all(|(usual, _)| *usual != name) && name != PROTO;
    asked.headers.retain(|(name, _)| is_clients(name));
    let mut probes = Vec::new();
    let all_pairs = pairs(&pairs(ips, &PATHS), &pairs(&METHODS, hosts));
    for (((ip, path), (method, host)), scheme) in all_pairs.into_iter().zip(SCHEMES.iter().cycle())
    {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let of_proxy = owned((PROTO, *scheme));
        let traits = Traits {
            path,
            host: &host,
            method,
            ip: ip.parse().ok(),
            headers: USUAL.map(owned).into_iter().chain([of_proxy]).collect(),
            attributes: vec![owned(("source.address", "192.0.2.7:4711"))],
        };
        probes.push(traits.clone().request());
        let all = Traits {
            headers: [&*asked.headers, &traits.headers].concat(),
            attributes: asked.attributes.clone(),
            ..traits
        };
        probes.push(all.request());
    }
    probes
}

/// Each of these with each of those.
fn pairs<A: Clone, B: Clone>(these: &[A], those: &[B]) -> Vec<(A, B)> {
    let all = these
        .iter()
        .flat_map(|one| those.iter().map(move |other| (one.clone(), other.clone())));
    all.collect()
}
