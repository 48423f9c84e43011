//! `run`: maintenance for as long as a command takes.

pub(crate) mod ours;
pub(crate) mod previous;
pub(crate) mod program;
pub(crate) mod renewal;
pub(crate) mod run;
