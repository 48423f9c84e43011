//! What has occurred.

use std::{collections::BTreeSet, fmt};

use serde::{Serialize, Serializer};

use crate::{clock::Moment, windows::Window};

/// What has occurred at a site beside what its answers say.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    /// Requests that waited to the end of their time.
    pub ran_out: usize,
    /// Slow openings.
    pub openings: usize,
    pub hastened: usize,
    /// Asked to take longer, which they do not.
    pub unchanged: usize,
    /// Ended by an `off`, and by an `on`.
    pub opened_at_once: usize,
    pub closed: usize,
    /// Windows that blocked requests in their first second, and in their last.
    #[serde(serialize_with = "count")]
    pub window_begins: BTreeSet<Moment>,
    #[serde(serialize_with = "count")]
    pub window_ends: BTreeSet<Moment>,
}

impl Seen {
    pub(super) fn window(&mut self, window: Option<Window>, retry_after: u64) {
        let Some(Window { begin, end }) = window else {
            return;
        };
        match retry_after {
            1 => self.window_ends.insert(end),
            60 => self.window_begins.insert(begin),
            _ => false,
        };
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} slow openings, {} hastened, {} not to be slowed, {} ended by off, {} by on; {} \
             windows begun, {} ended",
            self.openings,
            self.hastened,
            self.unchanged,
            self.opened_at_once,
            self.closed,
            self.window_begins.len(),
            self.window_ends.len()
        )
    }
}

fn count<S: Serializer>(moments: &BTreeSet<Moment>, serializer: S) -> Result<S::Ok, S::Error> {
    moments.len().serialize(serializer)
}
