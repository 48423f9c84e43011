//! How hosts get what they are handed: headers and attributes of Proxy-Wasm, attributes of dynamic
//! modules, gRPC over HTTP. No call is made here, so all of it is compiled and tested natively, too.

pub mod attribute;
pub mod grpc;
pub mod header_map;
pub mod module_attribute;
