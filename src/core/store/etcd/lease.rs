//! The lease: of the workers of one process, which follows the store.
//!
//! Whoever holds it renews it at each tick. Nobody reads a clock: a lease that did not
//! change for some ticks is free.

use std::cell::Cell;

use crate::store::shared_map::{CREATE_ONLY, SharedMap};

/// How many ticks without a renewal end a lease.
const QUIET_TICKS: u32 = 4;

/// The lease as one worker sees it.
pub(crate) struct Lease<D> {
    data: D,
    key: String,
    worker: u64,
    /// The number of the other holder's value, and for how many ticks it is the same.
    seen: Cell<(u32, u32)>,
}

/// Whether a worker is connected with the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Connection {
    Made,
    #[default]
    Lost,
}

/// The value in the shared map; the default is a lease that nobody holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Term {
    holder: u64,
    connection: Connection,
    reported: u64,
}

/// The holder of a lease that nobody holds.
const NOBODY: u64 = 0;

impl<D: SharedMap> Lease<D> {
    pub(super) fn new(data: D, prefix: &str, worker: u64) -> Self {
        let key = format!("{prefix}.lease");
        data.set(&key, b"", CREATE_ONLY);
        Self {
            data,
            key,
            worker: worker.max(NOBODY + 1),
            seen: Cell::default(),
        }
    }

    /// At each tick: takes or renews the lease, and tells whether this worker holds it.
    pub(super) fn renew(&self, connection: Connection) -> bool {
        let (term, version) = self.read();
        let renewed = Term {
            holder: self.worker,
            connection,
            ..term
        };
        (term.holder == self.worker || self.is_vacant(term, version))
            && self.write(renewed, version)
    }

    /// At each tick of a worker that leaves the lease to others: whether nobody wants it.
    pub(super) fn is_free(&self) -> bool {
        let (term, version) = self.read();
        self.is_vacant(term, version)
    }

    /// For the holder: whether the store is connected, and what is known of it in the log,
    /// a number that the next holder finds.
    pub(super) fn report(&self, connection: Connection, reported: u64) {
        self.change(|term| {
            term.connection = connection;
            term.reported = reported;
        });
    }

    /// What is known in the log; 0 if all is well.
    pub(super) fn reported(&self) -> u64 {
        self.read().0.reported
    }

    /// Leaves the lease to others.
    pub(super) fn release(&self) {
        self.change(|term| {
            term.holder = NOBODY;
            term.connection = Connection::Lost;
        });
    }

    /// Whether a worker holds the lease, and is connected.
    pub(super) fn is_connected(&self) -> bool {
        let (term, version) = self.read();
        let (seen, quiet) = self.seen.get();
        term.connection == Connection::Made && !(seen == version && quiet >= QUIET_TICKS)
    }

    /// Counts a tick of somebody else's lease.
    fn is_vacant(&self, term: Term, version: u32) -> bool {
        let (seen, quiet) = self.seen.get();
        let quiet = if seen == version { quiet + 1 } else { 0 };
        self.seen.set((version, quiet));
        term.holder == NOBODY || quiet >= QUIET_TICKS
    }

    fn change(&self, change: impl FnOnce(&mut Term)) {
        let (mut term, version) = self.read();
        if term.holder == self.worker {
            change(&mut term);
            self.write(term, version);
        }
    }

    fn read(&self) -> (Term, u32) {
        let (value, version) = self.data.read(&self.key);
        (Term::decode(&value).unwrap_or_default(), version)
    }

    fn write(&self, term: Term, version: u32) -> bool {
        self.data.set(&self.key, &term.encode(), version)
    }
}

impl Term {
    fn decode(value: &[u8]) -> Option<Self> {
        let (holder, rest) = value.split_first_chunk()?;
        let (reported, connection) = rest.split_first_chunk()?;
        Some(Self {
            holder: u64::from_le_bytes(*holder),
            connection: match connection {
                [1] => Connection::Made,
                _ => Connection::Lost,
            },
            reported: u64::from_le_bytes(*reported),
        })
    }

    fn encode(self) -> Vec<u8> {
        [
            &self.holder.to_le_bytes()[..],
            &self.reported.to_le_bytes(),
            &[u8::from(self.connection == Connection::Made)],
        ]
        .concat()
    }
}
