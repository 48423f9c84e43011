//! The stats of a scope.

use std::array;

use crate::admin::counters::{Counted, Counter};
use crate::decision::reason::Reason;
use crate::filter::host::{Host, Metric};
use crate::state::flag::Flag;
use crate::state::state::State;
use crate::store::state_store::StateStore;
use crate::syntax::wire;

/// The counters and gauges of a scope, `maintenance_mode.<scope>.…`.
#[derive(Debug)]
pub(crate) struct Metrics<M> {
    /// In the order of [`Counter::ALL`].
    counters: [M; Counter::ALL.len()],
    /// In the order of [`Reason::all`].
    allowed: Vec<M>,
    active: M,
    planned: M,
    generation: M,
    store_connected: M,
    /// Over all workers, each of which counts its own.
    pub(crate) held: M,
}

impl<M: Metric> Metrics<M> {
    pub(crate) fn define(host: &impl Host<Metric = M>, scope: &str) -> Self {
        let name = |stat: &str| format!("{}.{scope}.{stat}", wire::PREFIX);
        let allowed = Reason::all().map(|reason| format!("allowed.{}", reason.as_str()));
        Self {
            counters: Counter::ALL.map(|counter| host.counter(&name(counter.name()))),
            allowed: allowed.map(|stat| host.counter(&name(&stat))).collect(),
            active: host.gauge(&name("active")),
            planned: host.gauge(&name("planned")),
            generation: host.gauge(&name("generation")),
            store_connected: host.gauge(&name("store_connected")),
            held: host.gauge(&name("held")),
        }
    }

    pub(crate) fn count(&self, counter: Counter) {
        if let Some(metric) = self.counters.get(counter as usize) {
            metric.increment();
        }
    }

    /// Counts a request that passes while maintenance is on.
    pub(crate) fn count_allowed(&self, reason: Reason) {
        if let Some(metric) = self.allowed.get(reason.index()) {
            metric.increment();
        }
    }

    pub(crate) fn counted(&self) -> Counted {
        Counted {
            counters: self.counters.each_ref().map(Metric::value),
            allowed: array::from_fn(|index| self.allowed.get(index).map_or(0, Metric::value)),
            held: self.held.value(),
        }
    }

    pub(crate) fn set(&self, flag: &Flag, state: &State, store: &dyn StateStore) {
        self.active.set(u64::from(flag.on));
        self.planned.set(u64::from(flag.is_planned()));
        self.generation.set(state.generation);
        self.store_connected.set(u64::from(store.is_connected()));
    }
}
