//! How Envoy encodes what it hands over to its hosts. No call is made here, so all of it is
//! compiled and tested natively, too.

pub mod attribute;
pub mod header_map;
pub mod module_attribute;
