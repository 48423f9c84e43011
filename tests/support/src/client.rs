//! An HTTP/1.1 client that sends just the bytes it is told to, and one of HTTP/2.

mod connection;
mod request;
mod response;

pub mod http2;

pub use self::{connection::Connection, request::Request, response::Response};
