//! Work that goes on beside the test.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// Long enough that Envoy has the processor most of the time.
const PAUSE: Duration = Duration::from_millis(1);

/// A thread that works until it is told to end, as it is when this is dropped.
pub struct Background<T> {
    is_done: Arc<AtomicBool>,
    thread: Option<JoinHandle<T>>,
}

impl<T: Send + 'static> Background<T> {
    /// Begins. What is done again and again asks each time whether to go on, which takes a
    /// moment.
    pub fn start(work: impl FnOnce(&dyn Fn() -> bool) -> T + Send + 'static) -> Self {
        let is_done: Arc<AtomicBool> = Arc::default();
        let thread = thread::spawn({
            let is_done = Arc::clone(&is_done);
            move || {
                work(&|| {
                    thread::sleep(PAUSE);
                    !is_done.load(Ordering::SeqCst)
                })
            }
        });
        Self {
            is_done,
            thread: Some(thread),
        }
    }

    /// Tells it to end; what came of it. Fails where it failed.
    pub fn end(mut self) -> T {
        self.is_done.store(true, Ordering::SeqCst);
        let ended = self.thread.take().unwrap().join();
        ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl<T> Drop for Background<T> {
    fn drop(&mut self) {
        self.is_done.store(true, Ordering::SeqCst);
    }
}
