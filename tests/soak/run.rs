//! How long a soak lasts, and what it finds wrong.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread::{self, Scope, ScopedJoinHandle},
    time::{Duration, Instant},
};

/// After so many faults it ends.
const ENOUGH: usize = 10;
/// How long one that waits may take to see the end.
const PATIENCE: Duration = Duration::from_millis(100);

/// A soak that is under way.
#[derive(Debug)]
pub struct Run {
    began: Instant,
    duration: Duration,
    wrong: AtomicUsize,
    stale: AtomicUsize,
    is_broken: AtomicBool,
}

impl Run {
    /// Begins now.
    pub fn begin(duration: Duration) -> Self {
        Self {
            began: Instant::now(),
            duration,
            wrong: AtomicUsize::new(0),
            stale: AtomicUsize::new(0),
            is_broken: AtomicBool::new(false),
        }
    }

    /// The time since it began.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub fn goes_on(&self) -> bool {
        self.elapsed() < self.duration
            && self.wrong() + self.stale() < ENOUGH
            && !self.is_broken.load(Ordering::Relaxed)
    }

    /// Waits for so long, or until the run ends; whether it goes on.
    pub fn wait(&self, pause: Duration) -> bool {
        let until = Instant::now() + pause;
        while self.goes_on() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(PATIENCE));
        }
        false
    }

    /// Something is not as it should be.
    pub fn report_wrong(&self, what: &str) {
        self.wrong.fetch_add(1, Ordering::Relaxed);
        self.print("WRONG", what);
    }

    /// A request did not obey a change.
    pub fn report_stale(&self, what: &str) {
        self.stale.fetch_add(1, Ordering::Relaxed);
        self.print("STALE", what);
    }

    fn print(&self, fault: &str, what: &str) {
        println!("{fault} after {:.3?}: {what}", self.elapsed());
    }

    pub fn wrong(&self) -> usize {
        self.wrong.load(Ordering::Relaxed)
    }

    pub fn stale(&self) -> usize {
        self.stale.load(Ordering::Relaxed)
    }

    /// Starts a thread of the run.
    pub fn spawn<'scope, T: Send + 'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        work: impl FnOnce() -> T + Send + 'scope,
    ) -> ScopedJoinHandle<'scope, T> {
        scope.spawn(|| self.work(work))
    }

    /// Does a part of the run, which ends where that panics.
    pub fn work<T>(&self, work: impl FnOnce() -> T) -> T {
        panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
            self.is_broken.store(true, Ordering::Relaxed);
            panic::resume_unwind(panic)
        })
    }
}
