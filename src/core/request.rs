//! What the core reads of a request.

pub mod attribute;
pub mod cookies;
pub mod head;
pub mod headers;
pub mod kept;
pub mod text;
