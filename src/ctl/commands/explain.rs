//! `explain`: what the filter decides on a request, and which part of its configuration
//! made it.

pub(crate) mod explain;
pub(crate) mod explanation;
pub(crate) mod request;
