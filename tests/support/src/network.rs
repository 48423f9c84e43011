//! What a server or a browser that others have had is asked: whether it is in the same network.

use std::{fs, path::PathBuf};

/// The network of this thread: that of a [`crate::machine`] is its own.
pub(crate) fn of_this_thread() -> Option<PathBuf> {
    fs::read_link("/proc/thread-self/ns/net").ok()
}
