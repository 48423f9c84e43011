//! The stats of a scope.

use super::host::Metric;
use crate::{admin::Counters, decision::Reason, flag::Flag};

/// Counters and gauges, `wasmcustom.maintenance_mode.<scope>.…` in Envoy.
#[derive(Debug)]
pub(super) struct Metrics {
    /// Requests that got the local reply.
    pub(super) blocked: Metric,
    /// Requests that would have got it, but for `observe`.
    pub(super) observed: Metric,
    /// Calls of the admin endpoint with a good token from a good address.
    pub(super) admin_granted: Metric,
    /// Calls of the admin endpoint without.
    pub(super) admin_denied: Metric,
    /// Faults of the store or the host.
    pub(super) errors: Metric,
    /// In the order of [`Reason::ALL`].
    allowed: [Metric; Reason::ALL.len()],
    active: Metric,
    generation: Metric,
    store_connected: Metric,
}

impl Metrics {
    pub(super) fn define(scope: &str) -> Self {
        let name = |stat: &str| format!("maintenance_mode.{scope}.{stat}");
        let counter = |stat: &str| Metric::counter(&name(stat));
        let gauge = |stat: &str| Metric::gauge(&name(stat));
        Self {
            blocked: counter("blocked"),
            observed: counter("observed"),
            admin_granted: counter("admin_granted"),
            admin_denied: counter("admin_denied"),
            errors: counter("errors"),
            allowed: Reason::ALL.map(|reason| counter(&format!("allowed.{}", reason.as_str()))),
            active: gauge("active"),
            generation: gauge("generation"),
            store_connected: gauge("store_connected"),
        }
    }

    /// Counts a request that passes while maintenance is on.
    pub(super) fn allowed(&self, reason: Reason) {
        if let Some(metric) = self.allowed.get(reason as usize) {
            metric.increment();
        }
    }

    /// What was counted so far.
    pub(super) fn counters(&self) -> Counters {
        Counters {
            blocked: self.blocked.value(),
            observed: self.observed.value(),
            allowed: self.allowed.map(Metric::value),
            admin_granted: self.admin_granted.value(),
            admin_denied: self.admin_denied.value(),
            errors: self.errors.value(),
        }
    }

    /// Sets the gauges.
    pub(super) fn observe(&self, flag: &Flag, generation: u64, store_connected: bool) {
        self.active.record(u64::from(flag.on));
        self.generation.record(generation);
        self.store_connected.record(u64::from(store_connected));
    }
}
