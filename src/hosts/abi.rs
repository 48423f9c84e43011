//! How Envoy encodes what it hands over to its hosts, and gRPC over HTTP. No call is made here, so
//! all of it is compiled and tested natively, too.

pub mod attribute;
pub mod bootstrap;
pub mod grpc;
pub mod header_map;
pub mod module_attribute;
