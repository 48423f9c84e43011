//! The console: a page for browsers, which makes the calls of the endpoint.

pub mod page;
mod words;
