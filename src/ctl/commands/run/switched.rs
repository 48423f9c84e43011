//! What `run` switches.

use std::sync::mpsc::Receiver;

use crate::ctl::process::exit::Exit;

/// Admin endpoints, or an object of a cluster.
pub(super) trait Switched: Send {
    /// Remembers what is there, and switches on.
    ///
    /// # Errors
    /// Not all of it is on.
    fn switch_on(&mut self) -> Result<(), String>;

    /// Sees to it that it stays on, until told to stop.
    fn keep_on(&mut self, stop: &Receiver<()>);

    /// Puts back what was before, where that is still what was set; says what is not.
    fn put_back(&self) -> Exit;
}
