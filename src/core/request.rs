//! What the core reads of a request.

pub mod attribute;
pub mod head;
pub mod headers;
