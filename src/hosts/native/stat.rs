//! Numbers in Envoy's stats.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use maintenance_mode_core::filter::host::Metric;

use crate::hosts::native::callbacks::ConfigHandle;
use crate::hosts::native::shared_data::lock;

/// A number in Envoy's stats, `dynamicmodulescustom.<name>`. Envoy keeps one of a name, but tells
/// nobody what it is, so a copy is kept here.
#[derive(Clone, Debug)]
pub(super) struct Stat {
    config: ConfigHandle,
    kind: MetricKind,
    /// None where Envoy refuses to keep it.
    id: Option<usize>,
    value: Arc<AtomicU64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MetricKind {
    Counter,
    Gauge,
}

static VALUES: Mutex<BTreeMap<String, Arc<AtomicU64>>> = Mutex::new(BTreeMap::new());

impl Stat {
    /// Defines one, which Envoy allows while the filter is configured.
    pub(super) fn define(config: ConfigHandle, kind: MetricKind, name: &str) -> Self {
        let id = match kind {
            MetricKind::Counter => config.define_counter(name),
            MetricKind::Gauge => config.define_gauge(name),
        };
        let value = Arc::clone(lock(&VALUES).entry(name.to_owned()).or_default());
        Self {
            config,
            kind,
            id,
            value,
        }
    }
}

impl Metric for Stat {
    fn increment(&self) {
        self.value.fetch_add(1, Ordering::Relaxed);
        match (self.kind, self.id) {
            (MetricKind::Counter, Some(id)) => self.config.increment_counter(id),
            (MetricKind::Gauge, Some(id)) => self.config.increment_gauge(id),
            (_, None) => {}
        }
    }

    fn decrement(&self) {
        self.value.fetch_sub(1, Ordering::Relaxed);
        if let Some(id) = self.id {
            self.config.decrement_gauge(id);
        }
    }

    fn set(&self, value: u64) {
        self.value.store(value, Ordering::Relaxed);
        if let Some(id) = self.id {
            self.config.set_gauge(id, value);
        }
    }

    fn value(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }
}
