//! A bounded rate.

use std::time::{Duration, Instant};

/// Gives the time of each request; what was missed is not made up for.
#[derive(Debug)]
pub struct Pace {
    gap: Duration,
    next: Instant,
}

impl Pace {
    pub fn per_second(rate: u32) -> Self {
        Self {
            gap: Duration::from_secs(1) / rate,
            next: Instant::now(),
        }
    }

    /// How long to wait for the next request.
    pub fn pause(&mut self) -> Duration {
        let now = Instant::now();
        self.next = (self.next + self.gap).max(now);
        self.next - now
    }
}
