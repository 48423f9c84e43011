//! Envoy's shared data, and the signal that it changed.

use super::{
    abi,
    host::{self, Metric},
};
use crate::shared_data::{SharedData, Signal, UNCONDITIONAL};

/// Envoy's shared data.
#[derive(Clone, Copy, Debug)]
pub(super) struct HostSharedData;

impl SharedData for HostSharedData {
    type Signal = HostSignal;

    fn signal(&self, scope: &str) -> HostSignal {
        // No counter: `POST /reset_counters` would set it back.
        let gauge = Metric::gauge(&format!("maintenance_mode.{scope}.signals"));
        gauge.add(step());
        // Envoy may be configured to keep no such stat.
        if gauge.value() > 0 {
            return HostSignal::Stat(gauge);
        }
        let key = format!("maintenance_mode.{scope}.signal");
        HostSignal::Key(key)
    }

    fn get(&self, key: &str) -> Option<(Vec<u8>, u32)> {
        abi::get_shared_data(key.as_bytes()).ok()
    }

    fn set(&self, key: &str, value: &[u8], cas: u32) -> bool {
        abi::set_shared_data(key.as_bytes(), value, cas).is_ok()
    }
}

/// All workers share both; a stat costs half of a look-up, and takes no lock.
#[derive(Debug)]
pub(super) enum HostSignal {
    /// A number among Envoy's stats.
    Stat(Metric),
    /// A key that is always empty: each write gets a new compare-and-swap number.
    Key(String),
}

impl Signal for HostSignal {
    fn number(&self) -> u64 {
        match self {
            Self::Stat(gauge) => gauge.value(),
            Self::Key(key) => {
                let (_, cas) = abi::get_shared_data(key.as_bytes()).unwrap_or_default();
                u64::from(cas)
            }
        }
    }

    fn raise(&self) {
        match self {
            Self::Stat(gauge) => gauge.add(step()),
            Self::Key(key) => {
                HostSharedData.set(key, b"", UNCONDITIONAL);
            }
        }
    }
}

/// By how much a gauge is raised, anything but 0. While an Envoy takes over from another, its
/// gauges have the other's added, until that ends: with steps of 1, as many changes as the
/// other has seen would then go unnoticed.
fn step() -> u32 {
    (host::random() as u32).max(1)
}
