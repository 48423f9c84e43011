//! Numbers in Envoy's stats.

use maintenance_mode_core::filter::host::Metric;
use proxy_wasm::types::MetricType;

use crate::hosts::wasm::hostcalls;

/// A number in Envoy's stats, `wasmcustom.<name>`; none where Envoy refuses to keep it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stat(Option<u32>);

impl Stat {
    pub(super) fn define(kind: MetricType, name: &str) -> Self {
        Self(hostcalls::define_metric(kind, name).ok())
    }

    pub(super) fn add(self, amount: i64) {
        if let Some(id) = self.0 {
            hostcalls::increment_metric(id, amount);
        }
    }
}

impl Metric for Stat {
    fn increment(&self) {
        self.add(1);
    }

    fn decrement(&self) {
        self.add(-1);
    }

    fn set(&self, value: u64) {
        if let Some(id) = self.0 {
            hostcalls::record_metric(id, value);
        }
    }

    fn value(&self) -> u64 {
        let value = self.0.and_then(|id| hostcalls::get_metric(id).ok());
        value.unwrap_or_default()
    }
}
