//! What became of each request.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

/// The requests to one Envoy; each has its place as its number.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Vec<Fate>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Unanswered,
    Passed,
    Blocked,
}

impl Ledger {
    /// The number of a request that is about to be sent.
    pub(super) fn open(&self) -> usize {
        let mut fates = self.lock();
        fates.push(Fate::Unanswered);
        fates.len() - 1
    }

    pub(super) fn close(&self, number: usize, is_blocked: bool) {
        let fate = if is_blocked {
            Fate::Blocked
        } else {
            Fate::Passed
        };
        self.lock()[number] = fate;
    }

    /// Those that were lost or doubled: how often each came to the upstream is known by its
    /// number.
    pub fn misfits(&self, upstream: &HashMap<String, usize>) -> Vec<String> {
        let fates = self.lock();
        let misfits = fates.iter().enumerate().filter_map(|(number, fate)| {
            let came = upstream.get(&number.to_string()).copied();
            let came = came.unwrap_or_default();
            let is_right = match fate {
                // Its loss was reported when no answer came.
                Fate::Unanswered => came <= 1,
                Fate::Passed => came == 1,
                Fate::Blocked => came == 0,
            };
            (!is_right).then(|| format!("request {number}: {fate:?}, {came} times at the upstream"))
        });
        misfits.collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fate>> {
        self.0.lock().unwrap()
    }
}
