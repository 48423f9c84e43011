//! `run`: maintenance for as long as a command takes.

pub(crate) mod at_endpoints;
pub(crate) mod in_cluster;
pub(crate) mod ours;
pub(crate) mod previous;
pub(crate) mod program;
pub(crate) mod renewal;
pub(crate) mod run;
pub(crate) mod switched;
