//! What all threads of the process share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use maintenance_mode_core::store::shared_map::{SharedMap, Signal, UNCONDITIONAL};

use crate::hosts::native::guard::panic_if_told;

/// The process, of which there is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct SharedData;

static VALUES: Mutex<Values> = Mutex::new(Values {
    of: BTreeMap::new(),
    last_version: 0,
});
static SIGNALS: Mutex<BTreeMap<String, Arc<AtomicU64>>> = Mutex::new(BTreeMap::new());

struct Values {
    of: BTreeMap<String, (Vec<u8>, u32)>,
    last_version: u32,
}

/// Tells of changes; the workers of a scope share one number.
#[derive(Debug)]
pub(super) struct AtomicSignal(Arc<AtomicU64>);

impl SharedMap for SharedData {
    type Signal = AtomicSignal;

    fn signal(&self, scope: &str) -> AtomicSignal {
        let mut signals = lock(&SIGNALS);
        AtomicSignal(Arc::clone(signals.entry(scope.to_owned()).or_default()))
    }

    fn get(&self, key: &str) -> Option<(Vec<u8>, u32)> {
        lock(&VALUES).of.get(key).cloned()
    }

    fn set(&self, key: &str, value: &[u8], version: u32) -> bool {
        let mut values = lock(&VALUES);
        let is_outdated = |(_, current): &(Vec<u8>, u32)| *current != version;
        if version != UNCONDITIONAL && values.of.get(key).is_some_and(is_outdated) {
            return false;
        }
        // No version is 0, nor the one that no value has.
        values.last_version = values.last_version % (u32::MAX - 1) + 1;
        let value = (value.to_vec(), values.last_version);
        values.of.insert(key.to_owned(), value);
        true
    }
}

impl Signal for AtomicSignal {
    fn number(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    fn raise(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

/// A panic that was caught leaves no value half changed.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    let guard = mutex.lock().unwrap_or_else(PoisonError::into_inner);
    if !thread::panicking() {
        panic_if_told("lock");
    }
    guard
}
