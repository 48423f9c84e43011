//! The decision on a request.

pub mod decide;
pub mod decision;
pub mod reason;
