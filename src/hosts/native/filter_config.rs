//! A filter that Envoy has configured.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use maintenance_mode_core::filter::configuration::Configuration;

use crate::hosts::native::callbacks::ConfigHandle;
use crate::hosts::native::clock::Beat;
use crate::hosts::native::shared_data::lock;
use crate::hosts::native::stat::{MetricKind, Stat};

/// What the workers share of a filter that Envoy has configured.
#[derive(Debug)]
pub(super) struct FilterConfig {
    /// As Envoy has it.
    pub(super) envoy: ConfigHandle,
    /// What was made of its text; none until that was read.
    pub(super) configuration: OnceLock<Arc<Configuration>>,
    /// Envoy uses it no more.
    pub(super) is_gone: AtomicBool,
    /// Wakes the main thread.
    beat: Mutex<Option<Beat>>,
    /// Those that were defined while it was configured, by their names.
    stats: Mutex<BTreeMap<String, Stat>>,
}

impl FilterConfig {
    pub(super) fn new(envoy: ConfigHandle) -> Self {
        Self {
            envoy,
            configuration: OnceLock::new(),
            is_gone: AtomicBool::new(false),
            beat: Mutex::default(),
            stats: Mutex::default(),
        }
    }

    /// Whether it follows the store of this configuration.
    pub(super) fn is_followed_as(&self, other: &Configuration) -> bool {
        let own = self.configuration.get().and_then(|own| own.followed());
        own.is_some() && own == other.followed()
    }

    /// It is woken no more.
    pub(super) fn stop(&self) {
        lock(&self.beat).take();
    }

    /// Asks to be woken.
    pub(super) fn wake_each(&self, period: Duration) {
        let mut beat = lock(&self.beat);
        let beat = beat.get_or_insert_with(|| Beat::of_config(self.envoy.scheduler()));
        beat.set_period(period);
    }

    /// A number of the stats, which is defined while Envoy configures the filter.
    pub(super) fn stat(&self, kind: MetricKind, name: &str) -> Stat {
        let mut stats = lock(&self.stats);
        let define = || Stat::define(self.envoy, kind, name);
        stats.entry(name.to_owned()).or_insert_with(define).clone()
    }
}
