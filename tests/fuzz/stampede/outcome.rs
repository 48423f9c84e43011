//! What an upstream makes of the requests that reach it.

use super::site::{END, SHOWN};

/// What an upstream takes, in requests a second.
pub const CAPACITY: u32 = 100;

/// After how long people leave, in milliseconds.
const PATIENCE: u32 = 10_000;

/// What an upstream made of requests that it answers one after the other.
#[derive(Debug)]
pub struct Outcome {
    /// For each second since the end of the outage, how long a request that came in it waited for
    /// its answer at most, in milliseconds.
    pub waits: [u32; SHOWN],
    /// How many came in the worst second.
    pub most: u32,
    /// How many waited for longer than people do.
    pub late: u32,
}

impl Outcome {
    /// When requests came, in milliseconds since the outage began and in order.
    pub fn of(arrivals: &[u32]) -> Self {
        let mut outcome = Self {
            waits: [0; SHOWN],
            most: 0,
            late: 0,
        };
        let mut arrived = [0; SHOWN];
        let mut free = 0;
        for &at in arrivals {
            free = free.max(at) + 1000 / CAPACITY;
            let wait = free - at;
            let second = (at - END) as usize / 1000;
            outcome.waits[second] = outcome.waits[second].max(wait);
            arrived[second] += 1;
            outcome.late += u32::from(wait > PATIENCE);
        }
        outcome.most = arrived.into_iter().max().unwrap_or_default();
        outcome
    }

    /// The longest wait, in milliseconds.
    pub fn longest(&self) -> u32 {
        self.waits.into_iter().max().unwrap_or_default()
    }
}
