//! Envoy is replaced by another that takes over its sockets.
