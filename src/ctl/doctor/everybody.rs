//! `everybody`: `allow` takes every request, so that nothing is ever blocked.

use maintenance_mode_core::policy::matchers::{Entry, Matchers};

use crate::ctl::doctor::finding::Findings;
use crate::ctl::doctor::probe::{Probe, Traits};
use crate::ctl::documents::node::Step;
use crate::ctl::documents::spot::Spot;
use crate::ctl::setup::setup::Setup;

/// Addresses, paths and methods that have nothing in common.
const IPS: [&str; 6] = [
    "1.2.3.4",
    "100.99.98.97",
    "203.77.5.250",
    "2a01:4f8::7",
    "2600:9000:1::2",
    "fd00::1",
];
const PATHS: [&str; 5] = [
    "/",
    "/zq7x",
    "/api/v9/k?x=1",
    "/Zq_7/kf%C3%A9/0.bin",
    "/xyzzy.html",
];
const METHODS: [&str; 5] = ["GET", "HEAD", "POST", "DELETE", "OPTIONS"];

pub(super) fn check(setup: &Setup, findings: &mut Findings) {
    for (_, plugin) in setup.accepted() {
        let Some((_, policy)) = &plugin.compiled.accepted else {
            continue;
        };
        let settings = plugin.settings();
        let Some(allow) = settings.get("allow") else {
            continue;
        };
        let Some(entries) = takes_all(&policy.allow, &allow) else {
            continue;
        };
        let steps = |entry: &Entry| {
            [
                Step::Key(entry.kind.key().to_owned()),
                Step::Index(entry.index),
            ]
        };
        let places: Vec<_> = entries
            .iter()
            .map(|entry| allow.place_of(&steps(entry)))
            .collect();
        let names: Vec<&str> = places.iter().map(|place| &*place.path).collect();
        if let Some(place) = places.first() {
            findings.add(
                place.clone(),
                format!(
                    "every request is allowed, by {}: while maintenance is on, nobody is blocked",
                    names.join(" and ")
                ),
                "Allow only what must pass, such as paths: [/healthz], or the addresses of your \
                 own people.",
            );
        }
    }
}

/// The entries that take all requests between them.
fn takes_all(allow: &Matchers, written: &Spot) -> Option<Vec<Entry>> {
    let mut taking = Vec::new();
    for probe in probes(written) {
        let entry = allow.first_match(&probe)?;
        if !taking.contains(&entry) {
            taking.push(entry);
        }
    }
    Some(taking)
}

/// Requests of all sorts: also with whatever headers and cookies are asked for, so that what
/// is only allowed without them is not taken for everything.
fn probes(allow: &Spot) -> Vec<Probe> {
    let named = |kind: &str| {
        let entries = allow.list(kind).into_iter();
        let names = entries.filter_map(|entry| entry.text_of("name").map(str::to_ascii_lowercase));
        names.collect::<Vec<_>>()
    };
    let cookies = allow.list("cookies").into_iter();
    let cookies = cookies.filter_map(|entry| Some(format!("{}=zq7x", entry.text_of("name")?)));
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    let headers = named("headers")
        .into_iter()
        .map(|name| (name, "zq7x".to_owned()));
    let all = headers
        .chain([("cookie".to_owned(), cookies)])
        .collect::<Vec<_>>();
    let attributes = allow.list("attributes").into_iter().map(|entry| {
        let segments = entry.list("path");
        let segments: Vec<&str> = segments.iter().filter_map(|spot| spot.text()).collect();
        (segments.join("."), "zq7x".to_owned())
    });
    let attributes: Vec<_> = attributes.collect();
    let mut probes = Vec::new();
    for ip in IPS {
        for path in PATHS {
            for method in METHODS {
                let traits = Traits {
                    path,
                    method,
                    ip: ip.parse().ok(),
                    ..Traits::default()
                };
                probes.push(Probe::of(traits.clone()));
                probes.push(Probe::of(Traits {
                    headers: all.clone(),
                    attributes: attributes.clone(),
                    ..traits
                }));
            }
        }
    }
    probes
}
