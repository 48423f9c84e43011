//! Calls of admin endpoints, and what they come to.

pub(crate) mod agreement;
pub(crate) mod client;
pub(crate) mod lines;
pub(crate) mod report;
pub(crate) mod status;
pub(crate) mod toggle;
