//! How Proxy-Wasm encodes what it hands over. No call is made here, so all of it is compiled
//! and tested natively, too.

pub mod attribute;
pub mod header_map;
