//! The stats of a scope.

use std::array;

use crate::admin::counters::Counter;
use crate::filter::host::{Host, Metric};
use crate::state::flag::Flag;
use crate::state::state::State;
use crate::store::state_store::StateStore;
use crate::syntax::wire;

/// The counters and gauges of a scope, `maintenance_mode.<scope>.…`.
#[derive(Debug)]
pub(crate) struct Metrics<M> {
    /// In the order of [`Counter::all`].
    counters: Vec<M>,
    active: M,
    generation: M,
    store_connected: M,
}

impl<M: Metric> Metrics<M> {
    pub(crate) fn define(host: &impl Host<Metric = M>, scope: &str) -> Self {
        let name = |stat: &str| format!("{}.{scope}.{stat}", wire::PREFIX);
        let counters = Counter::all().map(|counter| host.counter(&name(&counter.name())));
        Self {
            counters: counters.collect(),
            active: host.gauge(&name("active")),
            generation: host.gauge(&name("generation")),
            store_connected: host.gauge(&name("store_connected")),
        }
    }

    /// Counts one.
    pub(crate) fn count(&self, counter: Counter) {
        if let Some(metric) = self.counters.get(counter.index()) {
            metric.increment();
        }
    }

    /// What was counted so far.
    pub(crate) fn counted(&self) -> [u64; Counter::COUNT] {
        array::from_fn(|index| self.counters.get(index).map_or(0, Metric::value))
    }

    /// Sets the gauges.
    pub(crate) fn set(&self, flag: &Flag, state: &State, store: &dyn StateStore) {
        self.active.set(u64::from(flag.on));
        self.generation.set(state.generation);
        self.store_connected.set(u64::from(store.is_connected()));
    }
}
