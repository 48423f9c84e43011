//! The lease: of the VMs of one Envoy, which follows the store.
//!
//! Whoever holds it renews it at each tick. Nobody reads a clock: a lease that did not
//! change for some ticks is free.

use std::cell::Cell;

use crate::shared_data::{CREATE_ONLY, SharedData};

/// How many ticks without a renewal end a lease.
const QUIET_TICKS: u32 = 4;

/// The lease as one VM sees it.
pub(super) struct Lease<D> {
    data: D,
    key: String,
    vm: u64,
    /// The number of the other holder's value, and for how many ticks it is the same.
    seen: Cell<(u32, u32)>,
}

/// The value in shared data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Term {
    holder: u64,
    connected: bool,
}

impl<D: SharedData> Lease<D> {
    pub(super) fn new(data: D, prefix: &str, vm: u64) -> Self {
        let key = format!("{prefix}.lease");
        data.set(&key, b"", CREATE_ONLY);
        Self {
            data,
            key,
            vm,
            seen: Cell::default(),
        }
    }

    /// At each tick: takes or renews the lease, and tells whether this VM holds it.
    pub(super) fn renew(&self, connected: bool) -> bool {
        let (term, version) = self.read();
        match term {
            Some(term) if term.holder != self.vm && !self.is_over(version) => return false,
            _ => {}
        }
        self.write(version, Some(connected))
    }

    /// For the holder: whether the store is connected changed.
    pub(super) fn report(&self, connected: bool) {
        if let (Some(term), version) = self.read()
            && term.holder == self.vm
        {
            self.write(version, Some(connected));
        }
    }

    /// Leaves the lease to others.
    pub(super) fn release(&self) {
        if let (Some(term), version) = self.read()
            && term.holder == self.vm
        {
            self.write(version, None);
        }
    }

    /// Whether a VM holds the lease, and is connected.
    pub(super) fn is_connected(&self) -> bool {
        let (term, version) = self.read();
        let (seen, quiet) = self.seen.get();
        let is_over = seen == version && quiet >= QUIET_TICKS;
        term.is_some_and(|term| term.connected) && !is_over
    }

    /// Counts a tick of somebody else's lease.
    fn is_over(&self, version: u32) -> bool {
        let (seen, quiet) = self.seen.get();
        let quiet = if seen == version { quiet + 1 } else { 0 };
        self.seen.set((version, quiet));
        quiet >= QUIET_TICKS
    }

    fn read(&self) -> (Option<Term>, u32) {
        let (value, version) = self
            .data
            .get(&self.key)
            .unwrap_or((Vec::new(), CREATE_ONLY));
        (Term::decode(&value), version)
    }

    fn write(&self, version: u32, connected: Option<bool>) -> bool {
        let term = connected.map(|connected| Term {
            holder: self.vm,
            connected,
        });
        let value = term.map(Term::encode).unwrap_or_default();
        self.data.set(&self.key, &value, version)
    }
}

impl Term {
    fn decode(value: &[u8]) -> Option<Self> {
        let (holder, connected) = value.split_first_chunk()?;
        Some(Self {
            holder: u64::from_le_bytes(*holder),
            connected: connected == [1],
        })
    }

    fn encode(self) -> Vec<u8> {
        [&self.holder.to_le_bytes()[..], &[u8::from(self.connected)]].concat()
    }
}
