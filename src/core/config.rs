//! The plugin configuration: a mirror of its JSON, which checks nothing but shape.

pub mod admin;
pub mod bypass;
pub mod client_address;
pub mod matchers;
pub mod mode;
pub mod number;
pub mod plugin;
pub mod protobuf_struct;
pub mod response;
pub mod rules;
#[cfg(feature = "schema")]
pub mod schema;
pub mod seconds;
pub mod store;
#[cfg(feature = "schema")]
mod values;
pub mod windows;
