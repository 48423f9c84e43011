//! The ground: what a process has of the system around it.

pub(crate) mod clock;
pub(crate) mod console;
pub(crate) mod environment;
pub(crate) mod executable;
pub(crate) mod exit;
pub(crate) mod input;
pub(crate) mod output;
