//! Requests that are made up, to ask the filter's own code what it does with them.

pub(crate) mod synthetic_request;
