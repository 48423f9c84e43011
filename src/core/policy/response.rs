//! What a blocked request gets.

pub mod cors;
pub mod draft;
mod facts;
pub mod headers;
pub mod languages;
pub mod origin;
pub mod redirect;
pub mod response;
pub mod retry_after;
