//! Which configuration of a scope is the last: those who wait under another are not left waiting.

use std::cell::Cell;

use crate::store::shared_map::SharedMap;
use crate::syntax::wire;

/// The configuration of a filter among those of its scope, as all workers of a process see it.
pub(crate) struct Succession<D> {
    data: D,
    key: String,
    /// Tells the configuration from others.
    own: u64,
    /// The version of the value in the shared map that was seen last.
    seen: Cell<u32>,
}

/// The flag as the last configuration left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    On,
    Off,
}

impl<D: SharedMap> Succession<D> {
    pub(crate) fn new(data: D, scope: &str, own: u64) -> Self {
        Self {
            data,
            key: format!("{}.{scope}.configuration", wire::PREFIX),
            own,
            seen: Cell::default(),
        }
    }

    /// Tells the others that this configuration is in use, unless a worker has done so before.
    pub(crate) fn announce(&self, left: Left) {
        let (value, version) = self.data.read(&self.key);
        if self.successor(&value).is_some() || value.is_empty() {
            let value = [&self.own.to_le_bytes()[..], &[u8::from(left == Left::On)]].concat();
            self.data.set(&self.key, &value, version);
        }
        self.next();
    }

    /// What another configuration has left that came since this was last asked.
    pub(crate) fn next(&self) -> Option<Left> {
        let (value, version) = self.data.read(&self.key);
        let is_news = self.seen.replace(version) != version;
        self.successor(&value).filter(|_| is_news)
    }

    /// What a configuration has left that is not this one.
    fn successor(&self, value: &[u8]) -> Option<Left> {
        let (own, left) = value.split_first_chunk()?;
        (u64::from_le_bytes(*own) != self.own).then_some(match left {
            [1] => Left::On,
            _ => Left::Off,
        })
    }
}
