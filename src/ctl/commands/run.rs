//! `run`: maintenance for as long as a command takes.

pub(crate) mod previous;
pub(crate) mod program;
pub(crate) mod run;
