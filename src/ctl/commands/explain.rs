//! `explain`: what the filter decides on a request, and which part of its configuration
//! made it.

pub(crate) mod alone;
pub(crate) mod entry;
pub(crate) mod explain;
pub(crate) mod explanation;
pub(crate) mod lines;
pub(crate) mod nearly;
pub(crate) mod request;
pub(crate) mod spelling;
