//! What Envoy counted, beside what was sent.

use std::ops::RangeInclusive;

use support::{Envoy, Host, eventually, log_lines};

use crate::load::Totals;

/// The workers of an Envoy: more where they share one process than where each has a VM.
pub fn workers() -> u64 {
    match Host::under_test() {
        Host::Wasm => 2,
        Host::Native => 4,
    }
}

/// The VMs of an Envoy: one of each worker, one of the main thread, and the one that these
/// are made of.
fn vms() -> u64 {
    match Host::under_test() {
        Host::Wasm => workers() + 2,
        Host::Native => 0,
    }
}

/// A loss is reported once a reason, and an outage may have several.
const REASONS: u64 = 5;

/// As it is configured, with a port that the system chooses.
const LISTENER: &str = "listener.127.0.0.1_0";

/// The counters of an Envoy at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Counters {
    blocked: u64,
    observed: u64,
    by_path: u64,
    by_bypass: u64,
    by_turn: u64,
    released: u64,
    /// That wait.
    held: u64,
    admin_granted: u64,
    admin_denied: u64,
    errors: u64,
    /// How often the log says that the store was lost.
    losses: u64,
    /// The connections of the worker that had the fewest.
    connections: u64,
    /// VMs that were ever made.
    vms_created: u64,
}

/// What happened to an Envoy from one moment to another.
#[derive(Clone, Copy, Debug)]
pub struct Events {
    pub answers: Totals,
    /// Calls of the admin endpoint.
    pub calls: u64,
    pub outages: u64,
    /// Updates that made new VMs.
    pub new_vms: u64,
}

impl Counters {
    /// The counters once all VMs that were replaced are gone.
    pub fn read(envoy: &Envoy) -> Self {
        eventually("the end of the VMs that were replaced", || {
            envoy.stat("wasm.envoy.wasm.runtime.v8.active") == vms()
        });
        let connections = (0..workers())
            .map(|worker| envoy.stat(&format!("{LISTENER}.worker_{worker}.downstream_cx_total")));
        Self {
            blocked: envoy.metric("blocked"),
            observed: envoy.metric("observed"),
            by_path: envoy.metric("allowed.path"),
            by_bypass: envoy.metric("allowed.bypass"),
            by_turn: envoy.metric("allowed.ramp"),
            released: envoy.metric("allowed.released"),
            held: envoy.metric("held"),
            admin_granted: envoy.metric("admin_granted"),
            admin_denied: envoy.metric("admin_denied"),
            errors: envoy.metric("errors"),
            losses: log_lines(envoy, "the store etcd is not connected").len() as u64,
            connections: connections.min().unwrap(),
            vms_created: envoy.stat("wasm.envoy.wasm.runtime.v8.created"),
        }
    }

    /// What does not fit the events since an earlier moment.
    pub fn misfits(&self, before: &Self, events: &Events) -> Vec<String> {
        let since = |read: fn(&Self) -> u64| read(self) - read(before);
        let answers = &events.answers;
        let exactly = |count: u64| count..=count;
        let losses = since(|counters| counters.losses);
        let expected: [(&str, u64, RangeInclusive<u64>); 13] = [
            (
                "blocked",
                since(|all| all.blocked),
                exactly(answers.blocked),
            ),
            ("observed", self.observed, exactly(0)),
            (
                "allowed.path",
                since(|all| all.by_path),
                exactly(answers.by_path),
            ),
            (
                "allowed.bypass",
                since(|all| all.by_bypass),
                exactly(answers.by_bypass),
            ),
            (
                "allowed.ramp",
                since(|all| all.by_turn),
                exactly(answers.in_their_turn),
            ),
            (
                "allowed.released",
                since(|all| all.released),
                exactly(answers.released),
            ),
            ("held", self.held, exactly(0)),
            (
                "admin_granted",
                since(|all| all.admin_granted),
                exactly(events.calls),
            ),
            ("admin_denied", self.admin_denied, exactly(0)),
            ("errors", since(|all| all.errors), exactly(losses)),
            ("losses of the store", losses, 0..=events.outages * REASONS),
            (
                "connections of a worker",
                since(|all| all.connections),
                1..=u64::MAX,
            ),
            (
                "VMs made",
                since(|all| all.vms_created),
                events.new_vms * vms()..=u64::MAX,
            ),
        ];
        expected
            .into_iter()
            .filter(|(_, count, range)| !range.contains(count))
            .map(|(name, count, range)| format!("{name}: {count}, expected {range:?}"))
            .collect()
    }
}
