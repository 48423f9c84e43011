//! Calls of admin endpoints, and what they come to.

pub(crate) mod agreement;
pub(crate) mod client;
pub(crate) mod error;
pub(crate) mod foreign;
pub(crate) mod moments;
pub(crate) mod refused;
pub(crate) mod report;
pub(crate) mod server;
pub(crate) mod status;
pub(crate) mod summary;
pub(crate) mod toggle;
pub(crate) mod told;
pub(crate) mod unanswered;
