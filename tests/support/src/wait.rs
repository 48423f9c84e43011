//! Waiting for something, and never longer than it takes.

use std::{
    thread,
    time::{Duration, Instant},
};

const PAUSE: Duration = Duration::from_millis(10);

/// Waits until something holds, for ten seconds at most.
pub fn eventually(what: &str, holds: impl FnMut() -> bool) {
    within(Duration::from_secs(10), what, holds);
}

/// Waits until something holds, for so long at most.
pub fn within(limit: Duration, what: &str, holds: impl FnMut() -> bool) {
    assert!(holds_within(limit, holds), "{what} did not come");
}

/// Whether something holds, now or after so long at most.
pub(crate) fn holds_within(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    while !holds() {
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(PAUSE);
    }
    true
}
