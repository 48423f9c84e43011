//! What a blocked request gets.

pub mod cors;
pub mod draft;
pub mod headers;
pub mod origin;
pub mod redirect;
pub mod response;
pub mod retry_after;
