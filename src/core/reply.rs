//! The local reply: what a request gets that does not reach the upstream.

pub mod blocked;
pub mod cors;
pub(crate) mod language;
pub mod local_reply;
pub mod negotiation;
pub mod outage;
pub mod protocol;
mod weighted;
