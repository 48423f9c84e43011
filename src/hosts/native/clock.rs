//! The clock: Envoy has no timers for filters, so a thread wakes those that ask for it.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use log::Level;

use crate::hosts::native::callbacks::Scheduler;
use crate::hosts::native::guard::guarded;
use crate::hosts::native::log::log;
use crate::hosts::native::shared_data::lock;

/// How often a worker is woken of which requests wait.
const OF_WORKER: Duration = Duration::from_millis(100);

/// Wakes a configuration or a worker again and again, until it is dropped.
#[derive(Debug)]
pub(super) struct Beat(u64);

#[derive(Debug)]
struct Wakened {
    beat: u64,
    scheduler: Arc<Scheduler>,
    /// Of several of one worker, one is enough.
    worker: Option<ThreadId>,
    period: Duration,
    next: Instant,
}

static ALL: Mutex<Vec<Wakened>> = Mutex::new(Vec::new());
static CHANGED: Condvar = Condvar::new();
static IS_STARTED: AtomicBool = AtomicBool::new(false);

thread_local! {
    static IS_CLOCK: Cell<bool> = const { Cell::new(false) };
}

impl Beat {
    /// Wakes this worker by one of its requests.
    pub(super) fn of_worker(scheduler: Scheduler) -> Self {
        Self::new(scheduler, Some(thread::current().id()), OF_WORKER)
    }

    /// Wakes a configuration, once it was told how often.
    pub(super) fn of_config(scheduler: Scheduler) -> Self {
        Self::new(scheduler, None, Duration::MAX)
    }

    fn new(scheduler: Scheduler, worker: Option<ThreadId>, period: Duration) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);

        start();
        let beat = LAST.fetch_add(1, Ordering::Relaxed);
        lock(&ALL).push(Wakened {
            beat,
            scheduler: Arc::new(scheduler),
            worker,
            period,
            next: after(Instant::now(), period),
        });
        CHANGED.notify_one();
        Self(beat)
    }

    pub(super) fn set_period(&self, period: Duration) {
        if let Some(wakened) = lock(&ALL).iter_mut().find(|it| it.beat == self.0) {
            wakened.period = period;
            wakened.next = after(Instant::now(), period);
        }
        CHANGED.notify_one();
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|it| it.beat == self.0);
        let removed = at.map(|at| all.swap_remove(at));
        drop(all);
        drop(removed);
    }
}

/// Starts the thread, unless it was started.
fn start() {
    if IS_STARTED.swap(true, Ordering::Relaxed) {
        return;
    }
    let thread = thread::Builder::new().name("maintenance".to_owned());
    if let Err(error) = thread.spawn(run) {
        IS_STARTED.store(false, Ordering::Relaxed);
        log(
            Level::Error,
            format_args!("no thread for the clock: {error}"),
        );
    }
}

fn run() {
    IS_CLOCK.set(true);
    loop {
        let wake = || due().iter().for_each(|scheduler| scheduler.commit());
        guarded("clock", wake, || thread::sleep(OF_WORKER));
    }
}

/// Leaves to another thread what this one was to do, and never returns, if it is the clock's: what
/// Envoy ends here while it wakes it, it would end on a thread that is not its own, and crash.
pub(super) fn stand_aside() {
    if IS_CLOCK.get() {
        IS_STARTED.store(false, Ordering::Relaxed);
        start();
        loop {
            thread::park();
        }
    }
}

/// Waits until some are due: wakes workers, and returns the configurations.
///
/// Envoy holds what it wakes until it has done so. A request must not end meanwhile, or it would end
/// on this thread: so it is woken under the lock, which the end of its [`Beat`] waits for, and that
/// comes before its own. A configuration tells nobody before it ends, and then waits for no lock.
fn due() -> Vec<Arc<Scheduler>> {
    let mut all = lock(&ALL);
    loop {
        let now = Instant::now();
        let mut workers = Vec::new();
        let mut due = Vec::new();
        for wakened in all.iter_mut().filter(|it| it.next <= now) {
            wakened.next = after(now, wakened.period);
            if let Some(worker) = wakened.worker {
                if workers.contains(&worker) {
                    continue;
                }
                workers.push(worker);
                wakened.scheduler.commit();
            } else {
                due.push(Arc::clone(&wakened.scheduler));
            }
        }
        if !due.is_empty() {
            return due;
        }
        let next = all.iter().map(|it| it.next).min();
        let rest = next.map_or(FAR, |next| next.saturating_duration_since(now));
        let waited = CHANGED.wait_timeout(all, rest);
        all = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// For those that are not to be woken.
const FAR: Duration = Duration::from_secs(24 * 3600);

fn after(now: Instant, period: Duration) -> Instant {
    now + period.min(FAR)
}
