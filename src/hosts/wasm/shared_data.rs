//! Envoy's shared data, of one process and VM id, and the signal that it changed.

use maintenance_mode_core::filter::host::{Host, Metric};
use maintenance_mode_core::store::shared_map::{SharedMap, Signal, UNCONDITIONAL};
use maintenance_mode_core::syntax::wire;

use crate::hosts::wasm::host::WasmHost;
use crate::hosts::wasm::hostcalls;
use crate::hosts::wasm::stat::Stat;

impl SharedMap for WasmHost {
    type Signal = StatOrKey;

    fn signal(&self, scope: &str) -> StatOrKey {
        // No counter: `POST /reset_counters` would set it back.
        let gauge = self.gauge(&format!("{}.{scope}.signals", wire::PREFIX));
        gauge.add(step());
        // Envoy may be configured to keep no such stat.
        if gauge.value() > 0 {
            return StatOrKey::Stat(gauge);
        }
        let key = format!("{}.{scope}.signal", wire::PREFIX);
        StatOrKey::Key(key)
    }

    fn get(&self, key: &str) -> Option<(Vec<u8>, u32)> {
        hostcalls::get_shared_data(key.as_bytes()).ok()
    }

    fn set(&self, key: &str, value: &[u8], version: u32) -> bool {
        hostcalls::set_shared_data(key.as_bytes(), value, version).is_ok()
    }
}

/// All workers share both; a stat costs half of a look-up, and takes no lock.
#[derive(Debug)]
pub(super) enum StatOrKey {
    /// A number among Envoy's stats.
    Stat(Stat),
    /// A key that is always empty: each write gets a new compare-and-swap number.
    Key(String),
}

impl Signal for StatOrKey {
    fn number(&self) -> u64 {
        match self {
            Self::Stat(gauge) => gauge.value(),
            Self::Key(key) => {
                let (_, version) = WasmHost.get(key).unwrap_or_default();
                u64::from(version)
            }
        }
    }

    fn raise(&self) {
        match self {
            Self::Stat(gauge) => gauge.add(step()),
            Self::Key(key) => {
                WasmHost.set(key, b"", UNCONDITIONAL);
            }
        }
    }
}

/// By how much a gauge is raised, anything but 0. While an Envoy takes over from another, its
/// gauges have the other's added, until that ends: with steps of 1, as many changes as the
/// other has seen would then go unnoticed.
fn step() -> i64 {
    i64::from((WasmHost.random() as u32).max(1))
}
